import type { Reply } from '../exchange.ts';
import type { Mock } from '../mock.ts';
import { newIntegration, newUuid, NETWORKS, timestamp, type Session } from '../state.ts';
import { ok, problem } from './reply.ts';
import type { Controls } from './index.ts';

export const accounts: Controls<'getSession' | 'connectAccount' | 'changeIntegration'> = {
  getSession: ({ params }, mock) =>
    withSession(params, mock, (session) =>
      ok({
        session,
        networks: NETWORKS,
        hint: 'POST {"slug": "instagram_business", "source_name": "my-account"} here to connect an account',
      }),
    ),

  connectAccount: ({ params, body }, mock) =>
    withSession(params, mock, (session) => {
      const { state, clock } = mock;
      const network = NETWORKS.find(({ slug }) => slug === body.slug);
      if (!network) {
        return problem(422, `slug is none of ${NETWORKS.map(({ slug }) => slug).join(', ')}`);
      }
      const integration = newIntegration(
        newUuid(state),
        session.customer_uuid,
        network,
        timestamp(clock.now()),
        body.source_name,
      );
      state.integrations.set(integration.uuid, integration);
      mock.events.emit({ type: 'changed', data: 'state' });
      return ok({ integration }, 201);
    }),

  changeIntegration: ({ params, body }, mock) => {
    const changed = mock.setIntegrationStatus(params['integration_uuid'] ?? '', body.status);
    return changed ? ok({ integration: changed }) : problem(404, 'There is no such integration.');
  },
};

function withSession(
  params: Readonly<Record<string, string>>,
  { state, clock }: Mock,
  act: (session: Session) => Reply,
): Reply {
  const session = state.sessions.get(params['session_uuid'] ?? '');
  if (!session) return problem(404, 'There is no such session');
  const expired = timestamp(clock.now()) >= session.expires_at;
  return expired ? problem(401, 'This session has expired.') : act(session);
}
