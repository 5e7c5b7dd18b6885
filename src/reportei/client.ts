import type { Client } from 'openapi-fetch';
import type { paths } from '../../generated/reportei.ts';
import type { ApiCall } from '../http/api-call.ts';
import { resolveBaseUrl } from '../http/base-url.ts';
import { createCore } from '../http/core.ts';
import { limitOf } from '../http/limit-of.ts';
import type { CallOptions, ClientOptions, RateLimit } from '../http/options.ts';
import type { Names } from '../http/refuse-unknown.ts';
import { type Secret, secretReader, withSecrets } from '../http/secret.ts';
import { type CustomerClient, customerClientOf } from './customer-client.ts';
import { type Customers, customersOf } from './customers.ts';
import { explain } from './explain.ts';
import { type MerchantSettings, unwrap } from './objects.ts';

/** Options of `createReporteiClient`. */
export interface ReporteiOptions extends Omit<ClientOptions, 'rateLimit'> {
  /**
   * `'auto'` (default): what Connect tells, in `merchant.settings()` and in the headers of any
   * answer; and after a 429 nothing starts before its `Retry-After` is over, unless that is longer
   * than `maxRetryDelay`. Nothing is asked for by itself: call `merchant.settings()` before many
   * calls. Limits of your own are kept to as they are, `{}` is none.
   */
  readonly rateLimit?: 'auto' | RateLimit | undefined;
  /** The merchant's token. Default: `REPORTEI_TOKEN`, read at the first call. */
  readonly token?: Secret | undefined;
}

const ownOptions: Names<Omit<ReporteiOptions, keyof ClientOptions>> = { token: true };

/** A client for Reportei Connect. */
export interface ReporteiClient {
  readonly merchant: {
    /** `GET /merchants/settings`. Its rate limits hold for this client from then on (`rateLimit`). */
    settings(options?: CallOptions): ApiCall<MerchantSettings>;
  };
  readonly customers: Customers;
  /**
   * The calls of one customer, under the same limits.
   *
   * @param token the customer's token. Default: `REPORTEI_CUSTOMER_TOKEN`, read at the first call.
   */
  customer(token?: Secret): CustomerClient;
  /** The typed openapi-fetch client with the merchant token, for everything else. */
  readonly raw: Client<paths>;
}

/**
 * A client for Reportei Connect. Makes no connection and reads no token before the first call.
 *
 * @throws ConfigError for options that cannot work.
 */
export const createReporteiClient = (options: ReporteiOptions = {}): ReporteiClient => {
  const token = secretReader(options.token, 'REPORTEI_TOKEN', 'the merchant token');
  const core = createCore<paths>(options, {
    ownOptions,
    explain,
    concurrency: 8,
    learns: true,
    authorize: withSecrets([token], (key) => ({ authorization: `Bearer ${key}` })),
    baseUrl: () =>
      resolveBaseUrl(options.baseUrl, {
        variable: 'REPORTEI_BASE_URL',
        fallback: 'https://connect.reportei.com/api',
        allowInsecure: options.allowInsecure ?? false,
      }),
  });
  return {
    merchant: {
      settings: (callOptions) =>
        core.call({
          method: 'get',
          path: '/merchants/settings',
          init: () => ({}),
          decode: (body) => {
            const merchant = unwrap<MerchantSettings>(body, 'merchant', 'uuid');
            void core.learn({
              perSecond: limitOf(merchant.rate_limit_per_second),
              perMinute: limitOf(merchant.rate_limit_per_minute),
            });
            return merchant;
          },
          options: callOptions,
        }),
    },
    customers: customersOf(core),
    customer: (option) => {
      const customer = secretReader(option, 'REPORTEI_CUSTOMER_TOKEN', 'the customer token');
      const headers = withSecrets([token, customer], (key, customerKey) => ({
        authorization: `Bearer ${key}`,
        'x-customer-token': customerKey,
      }));
      return customerClientOf(core.as(headers));
    },
    get raw() {
      return core.raw();
    },
  };
};
