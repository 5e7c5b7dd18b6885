import type { Json, JsonObject } from '../documents.ts';
import { cases, without, type Case } from './cases.ts';

/**
 * The least that an object of each schema has to hold, which is also what a client can rely on.
 * What integrations have seen missing must not appear here.
 */
type Least = Readonly<Record<string, JsonObject>>;

const uuid = '4addc0da-8583-4dbb-a0e9-c7e2e8470f50';
const customer: JsonObject = { uuid, name: 'Corner Bakery' };
const integration: JsonObject = { uuid, status: 'active' };
const meta: JsonObject = { current_page: 1, last_page: 0, per_page: 15, total: 0 };
const session: JsonObject = {
  session_uuid: uuid,
  session_link: 'https://connect.reportei.com/session',
  expires_at: '2024-09-24 17:07:34',
};

export const reoLeast: Least = {
  SuccessAnswer: { response_code: '200', response: 'Data Uploaded', status: 'success' },
  FailureAnswer: { response_code: 400, response: 'Authentication Failure', status: 'failure' },
};

export const connectLeast: Least = {
  MetricResultsEnvelope: { data: {} },
  NumberResult: { values: 0 },
  ChartResult: { labels: [], values: [] },
  ChartSeries: { data: [] },
  DatatableResult: { values: [] },
  MetricFailure: { message: 'It failed.', type: 'internal_error' },
  MetricWarning: { warning: 'There is no data.' },
  MerchantSettingsAnswer: { merchant: customer },
  MerchantSettings: customer,
  Integration: { name: 'Meta Ads', slug: 'facebook_ads' },
  CustomerRequest: { name: 'Corner Bakery' },
  PaymentStatusRequest: { is_paying: false },
  CustomerPage: { data: [], meta },
  PageMeta: meta,
  CustomerAnswer: { customer },
  Customer: customer,
  CreatedCustomerAnswer: { customer: { ...customer, api_token: 'token' } },
  CreatedCustomer: { ...customer, api_token: 'token' },
  CustomerSettingsAnswer: { customer },
  CustomerSettings: customer,
  CustomerSettingsIntegration: { uuid },
  CustomerIntegrationPage: { data: [], meta },
  CustomerIntegrationAnswer: { customer_integration: integration },
  CustomerIntegration: integration,
  IntegrationSessionRequest: {},
  SessionLimit: { name: 'integration_count', value: 3 },
  IntegrationSessionAnswer: { integration_session: session },
  IntegrationSession: session,
  Done: { success: true },
  AsyncStarted: {},
  ErrorMessage: { message: 'No.' },
  ErrorEnvelope: { error: {} },
  ValidationErrors: { errors: {} },
  RefusedMetrics: { message: 'No.' },
};

export function leastAccepted(least: Least): Case[] {
  return Object.entries(least).map(([schema, value]) => cases(schema)('the least', value));
}

export function lessRefused(least: Least): Case[] {
  return Object.entries(least).flatMap(([schema, value]) => [
    ...Object.keys(value).map((key) => cases(schema)(`no ${key}`, without(value, key))),
    ...[[value], 'text', null].map((other: Json) =>
      cases(schema)(`no object but ${JSON.stringify(other).slice(0, 4)}`, other),
    ),
  ]);
}

/** The members of a list of known values, each accepted. */
export function listAccepted(schema: string, members: readonly string[]): Case[] {
  return members.map((member) => cases(schema)(member, member));
}
