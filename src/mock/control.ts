import { parseJson, type Incoming, type Reply } from './exchange.ts';
import {
  newIntegration,
  newUuid,
  NETWORKS,
  timestamp,
  type Session,
  type UsageLog,
} from './state.ts';
import type { World } from './world.ts';

/**
 * The emulator's own routes, beside the two APIs: `health`, `state` (what it holds, without
 * tokens) and `sessions/{uuid}`, which stands in for the page on which a customer connects
 * accounts. `undefined` where the path is not one of them.
 */
export function control(incoming: Incoming, path: string, world: World): Reply | undefined {
  if (path !== '/__mock' && !path.startsWith('/__mock/')) return undefined;
  const [name = '', id] = path.split('/').slice(2);
  const route = ROUTES.get(`${incoming.method} ${name}${id === undefined ? '' : '/{id}'}`);
  return route ? route(world, id ?? '', incoming) : problem(404, `Nothing at ${path}`);
}

type Route = (world: World, id: string, incoming: Incoming) => Reply;

const health: Route = () => ({ status: 200, body: { status: 'ok' } });

const state: Route = ({ state }) => ({
  status: 200,
  body: {
    usage: { events: summary(state.events), counts: summary(state.counts) },
    customers: [...state.customers.values()].map((one) => ({ ...one, api_token: '[redacted]' })),
    integrations: [...state.integrations.values()],
    sessions: [...state.sessions.values()],
  },
});

const showSession: Route = (world, id) =>
  withSession(world, id, (session) => ({
    status: 200,
    body: {
      session,
      networks: NETWORKS,
      hint: 'POST {"slug": "instagram_business", "source_name": "my-account"} here to connect an account',
    },
  }));

const connect: Route = (world, id, incoming) =>
  withSession(world, id, (session) => {
    const parsed = parseJson(incoming.body);
    if (!('value' in parsed)) return problem(parsed.status, parsed.message);
    const { slug, source_name } = { ...(parsed.value as Readonly<Record<string, unknown>> | null) };
    const network = NETWORKS.find((one) => one.slug === slug);
    if (!network)
      return problem(422, `slug is none of ${NETWORKS.map((one) => one.slug).join(', ')}`);
    const integration = newIntegration(
      newUuid(world.state),
      session.customer_uuid,
      network,
      timestamp(world.now()),
      typeof source_name === 'string' ? source_name : undefined,
    );
    world.state.integrations.set(integration.uuid, integration);
    return { status: 201, body: { integration } };
  });

const ROUTES: ReadonlyMap<string, Route> = new Map([
  ['GET health', health],
  ['GET state', state],
  ['GET sessions/{id}', showSession],
  ['POST sessions/{id}', connect],
]);

const problem = (status: number, message: string): Reply => ({ status, body: { message } });

const LATEST = 100;

const summary = (log: UsageLog<unknown>): unknown => ({
  received: log.received,
  totals: Object.fromEntries(log.totals),
  latest: log.records.slice(-LATEST),
});

function withSession({ state, now }: World, id: string, act: (session: Session) => Reply): Reply {
  const session = state.sessions.get(id);
  if (!session) return problem(404, 'There is no such session');
  const expired = timestamp(now()) >= session.expires_at;
  return expired ? problem(401, 'This session has expired.') : act(session);
}
