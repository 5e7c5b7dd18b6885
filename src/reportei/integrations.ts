import type { ApiCall } from '../http/api-call.ts';
import type { CallOptions } from '../http/options.ts';
import type { ConnectCore } from './connect-core.ts';
import {
  type CustomerIntegration,
  type Done,
  doneOf,
  type IntegrationSession,
  type IntegrationSessionRequest,
  type IntegrationStatus,
  segment,
  unwrap,
} from './objects.ts';
import { paginate, type Paged, type PageOptions, readPage } from './pages.ts';

/** Which integrations to list. */
export interface IntegrationFilter extends PageOptions, CallOptions {
  readonly source_name?: string | undefined;
  readonly status?: IntegrationStatus | undefined;
}

/** One customer's integrations. All calls use the merchant token and the customer's. */
export interface Integrations {
  /** `GET /customer-integrations`, page by page as the list is consumed. */
  list(filter?: IntegrationFilter): Paged<CustomerIntegration>;
  get(uuid: string, options?: CallOptions): ApiCall<CustomerIntegration>;
  /** `DELETE /customer-integrations/{uuid}`: Connect asks for the session in which it happens. */
  delete(
    uuid: string,
    session: { readonly session_id: string },
    options?: CallOptions,
  ): ApiCall<Done>;
  /** `POST /customer-integrations/session`: a link on which the customer connects accounts. */
  createSession(
    request?: IntegrationSessionRequest,
    options?: CallOptions,
  ): ApiCall<IntegrationSession>;
}

export const integrationsOf = (core: ConnectCore): Integrations => {
  const all = '/customer-integrations';
  const one = '/customer-integrations/{integration_uuid}';
  const at = (uuid: string) => ({ integration_uuid: segment(uuid, 'the integration') });
  return {
    list: (options = {}) => {
      const { source_name, status } = options;
      const filter = {
        ...(source_name === undefined ? {} : { source_name }),
        ...(status === undefined ? {} : { status }),
      };
      return paginate(options, (page) =>
        core.call({
          method: 'get',
          path: all,
          init: () => ({ params: { query: { ...filter, ...page } } }),
          decode: readPage(page.page),
          options,
        }),
      );
    },
    get: (uuid, options) =>
      core.call({
        method: 'get',
        path: one,
        init: () => ({ params: { path: at(uuid) } }),
        decode: (body) => unwrap<CustomerIntegration>(body, 'customer_integration', 'uuid'),
        options,
      }),
    delete: (uuid, session, options) =>
      core.call({
        method: 'delete',
        path: one,
        init: () => ({ params: { path: at(uuid), query: { session_id: session.session_id } } }),
        decode: doneOf,
        options,
      }),
    createSession: (request = {}, options) =>
      core.call({
        method: 'post',
        path: '/customer-integrations/session',
        init: () => ({ body: request }),
        decode: (body) => unwrap<IntegrationSession>(body, 'integration_session', 'session_link'),
        options,
      }),
  };
};
