import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { components } from '../../../generated/reportei.ts';
import { checkOperation } from '../behaviours/operation.ts';
import { checkBody } from '../control/check.ts';
import { toMs } from '../durations.ts';
import type { FaultRule } from '../schemas.ts';
import { isNearly } from './nearly.ts';

/**
 * A rule that may come from anywhere, as it would come over the wire.
 *
 * @throws Error with a sentence for people if it breaks the contract, or names an operation that
 * there is not.
 */
export function checkedFault(given: unknown): FaultRule {
  const rule = asJson(given);
  checkDurations(rule);
  checkBody('addFault', rule, 'This is no fault');
  const { operation, retryAfter, headers = {} } = rule as FaultRule;
  checkOperation(operation);
  checkEffects(rule as FaultRule);
  for (const [name, value] of Object.entries({ ...headers, 'retry-after': retryAfter ?? '' })) {
    checkHeader(name, String(value));
  }
  return rule as FaultRule;
}

const EFFECTS = [
  'delay',
  'status',
  'headers',
  'body',
  'retryAfter',
  'connection',
  'slowBody',
  'malformed',
  'refuse',
  'metrics',
  'webhook',
] as const satisfies readonly (keyof FaultRule)[];

/** A rule that can do nothing would leave its author to wonder. */
function checkEffects(rule: FaultRule): void {
  if (!EFFECTS.some((name) => rule[name] !== undefined)) {
    throw new Error(`This fault does nothing: give it one of ${EFFECTS.join(', ')}`);
  }
  const { operation, metrics, webhook } = rule;
  checkFailureType(metrics?.type);
  if (webhook && operation !== undefined && operation !== 'getDataAsync') {
    throw new Error(`Only getDataAsync has a webhook, ${operation} has none`);
  }
  if (metrics && operation !== undefined && !/^getData(Async)?$/.test(operation)) {
    throw new Error(`Only getData and getDataAsync have metrics, ${operation} has none`);
  }
}

/** Types are open, so that others can be tried too. One that is nearly a known one is a typo. */
function checkFailureType(type = ''): void {
  const meant = FAILURE_TYPES.find((known) => known !== type && isNearly(known, type));
  if (meant === undefined) return;
  throw new Error(`metrics.type ${type} is no documented type. Did you mean ${meant}?`);
}

const FAILURE_TYPES = [
  'invalid_metrics_combination',
  'no_data_in_period',
  'internal_error',
  'expired_token',
] as const satisfies readonly components['schemas']['KnownFailureType'][];

/** Without functions, `undefined` and what else JSON does not have. */
function asJson(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value) ?? 'null');
  } catch (error) {
    throw new Error(`This is no fault: ${(error as Error).message}`, { cause: error });
  }
}

/** In words of its own: what the contract says of a duration is a pattern that nobody reads. */
function checkDurations(rule: unknown): void {
  const { delay, slowBody, webhook } = (rule ?? {}) as Readonly<Record<string, unknown>>;
  const later = ((webhook ?? {}) as Readonly<Record<string, unknown>>)['delay'];
  for (const [field, value] of Object.entries({ delay, slowBody, 'webhook.delay': later })) {
    if (value === undefined) continue;
    try {
      toMs(value as string);
    } catch (error) {
      throw new Error(`This is no fault: ${field} ${(error as Error).message}`, { cause: error });
    }
  }
}

function checkHeader(name: string, value: string): void {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch (error) {
    throw new Error(`${JSON.stringify(name)} cannot be sent as a header with that value`, {
      cause: error,
    });
  }
}
