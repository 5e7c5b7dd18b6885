import type { Behaviours, OperationId } from '../world.ts';
import { customers } from './customers.ts';
import { integrations } from './integrations.ts';
import { merchant } from './merchant.ts';
import { metrics } from './metrics.ts';
import { reo } from './reo.ts';

/** What each operation does. An operation that a contract gains has to be added to compile. */
export const BEHAVIOURS: Behaviours<OperationId> = {
  ...reo,
  ...merchant,
  ...customers,
  ...integrations,
  ...metrics,
};
