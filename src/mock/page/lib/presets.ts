import type { operations as Reo } from '../../../../generated/reo.ts';
import type { operations as Reportei } from '../../../../generated/reportei.ts';
import type { FaultRule } from './types.ts';

type Operation = keyof Reo | keyof Reportei;

/** What a fault can be tied to, the most used ones first. */
export const OPERATIONS: readonly Operation[] = [
  'sendUsage',
  'sendAggregateUsage',
  'getData',
  'getDataAsync',
  'getMerchantSettings',
  'listCustomers',
  'createCustomer',
  'getCustomer',
  'updateCustomer',
  'deleteCustomer',
  'getCustomerSettings',
  'updatePaymentStatus',
  'listCustomerIntegrations',
  'createIntegrationSession',
  'getCustomerIntegration',
  'deleteCustomerIntegration',
];

export interface Preset {
  readonly title: string;
  readonly rule: FaultRule;
}

/** Faults to start from. Those that make sense for one operation alone name it. */
export const PRESETS: readonly Preset[] = [
  { title: '503 unavailable', rule: { status: 503, retryAfter: 2, times: 3 } },
  { title: '429 with Retry-After', rule: { status: 429, retryAfter: 5, times: 1 } },
  { title: '500 error', rule: { status: 500, times: 1 } },
  { title: 'Slow', rule: { delay: '2s' } },
  { title: 'Slow body', rule: { slowBody: '5s' } },
  { title: 'Reset before', rule: { connection: 'reset', times: 1 } },
  { title: 'Answer lost', rule: { connection: 'lose-answer', times: 1 } },
  { title: 'Never answers', rule: { connection: 'hang', times: 1 } },
  { title: 'Cut body', rule: { connection: 'cut-body', times: 1 } },
  { title: 'Broken JSON', rule: { malformed: true, times: 1 } },
  {
    title: 'Failure in a 200',
    rule: { operation: 'sendUsage', refuse: 'Authentication Failure', times: 1 },
  },
  {
    title: 'One metric fails',
    rule: {
      operation: 'getData',
      metrics: { referenceKey: 'ig:story_replies', type: 'expired_token' },
    },
  },
  { title: 'Webhook early', rule: { operation: 'getDataAsync', webhook: { early: true } } },
  { title: 'Webhook twice', rule: { operation: 'getDataAsync', webhook: { times: 2 } } },
  { title: 'Webhook late', rule: { operation: 'getDataAsync', webhook: { delay: '30s' } } },
  {
    title: 'Webhook corrupt',
    rule: { operation: 'getDataAsync', webhook: { corrupt: 'truncated' } },
  },
];
