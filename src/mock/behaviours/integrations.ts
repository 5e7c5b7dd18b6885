import { customerOf } from '../contract/credentials.ts';
import type { Reply } from '../exchange.ts';
import { failure, refusalOf } from '../contract/failures.ts';
import { MERCHANT, newUuid, timestamp, type Integration } from '../state.ts';
import type { Behaviours, Call, World } from '../world.ts';
import { pageOf } from './pages.ts';

const MS_PER_MINUTE = 60_000;
// The vendor names no limit; without one, the moment of expiry can leave the calendar.
const MAX_MINUTES = 366 * 24 * 60;

export const integrations: Behaviours<
  | 'listCustomerIntegrations'
  | 'getCustomerIntegration'
  | 'deleteCustomerIntegration'
  | 'createIntegrationSession'
> = {
  listCustomerIntegrations: (call, world) => {
    const { source_name, status } = call.query;
    const found = integrationsOf(call, world).filter(
      (one) =>
        (source_name === undefined || one.source_name === source_name) &&
        (status === undefined || one.status === status),
    );
    return { status: 200, body: pageOf(found.map(shown), call.query) };
  },

  getCustomerIntegration: (call, world) => {
    const found = findIntegration(call, world);
    return found ? { status: 200, body: { customer_integration: shown(found) } } : notFound();
  },

  deleteCustomerIntegration: (call, world) => {
    const { state, clock } = world;
    const found = findIntegration(call, world);
    if (!found) return notFound();
    const session = state.sessions.get(call.query['session_id'] ?? '');
    const alive =
      session?.customer_uuid === found.customer_uuid && timestamp(clock.now()) < session.expires_at;
    if (!alive) return failure('reportei', 401, 'This session has expired.');
    state.integrations.delete(found.uuid);
    return { status: 200, body: { success: true, message: 'Record successfully removed' } };
  },

  createIntegrationSession: ({ headers, body }, { state, clock }) => {
    const customer = customerOf(headers, state);
    if (!customer) return notFound();
    const minutes = body?.expires_in_minutes ?? 5;
    if (minutes > MAX_MINUTES) {
      return refusalOf({ expires_in_minutes: `must not be greater than ${MAX_MINUTES}` });
    }
    const session = {
      uuid: newUuid(state),
      customer_uuid: customer.uuid,
      redirect_url: body?.redirect_url ?? null,
      expires_at: timestamp(new Date(clock.now().getTime() + minutes * MS_PER_MINUTE)),
    };
    state.sessions.set(session.uuid, session);
    const origin = `http://${headers['host'] ?? 'localhost'}`;
    return {
      status: 200,
      body: {
        integration_session: {
          session_uuid: session.uuid,
          session_link: `${origin}/__mock/sessions/${session.uuid}`,
          expires_at: session.expires_at,
          merchant: MERCHANT.name,
          merchant_uuid: MERCHANT.uuid,
          customer: customer.name,
          customer_uuid: customer.uuid,
          redirect_url: session.redirect_url,
        },
      },
    };
  },
};

const notFound = (): Reply => failure('reportei', 404, 'Record not found');

/** The integrations of the customer whose token was sent: those of others do not exist for it. */
export function integrationsOf(call: Call, { state }: World): Integration[] {
  const customer = customerOf(call.headers, state);
  return [...state.integrations.values()].filter((one) => one.customer_uuid === customer?.uuid);
}

function findIntegration(call: Call, world: World): Integration | undefined {
  const uuid = call.params['integration_uuid'];
  return integrationsOf(call, world).find((one) => one.uuid === uuid);
}

function shown(one: Integration): Readonly<Record<string, unknown>> {
  const { customer_uuid: _owner, network, ...rest } = one;
  return { ...rest, integration: network };
}
