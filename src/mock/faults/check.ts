import { BEHAVIOURS } from '../behaviours/index.ts';
import { checkBody } from '../control/check.ts';
import { toMs } from '../durations.ts';
import type { FaultRule } from './matching.ts';

/**
 * A rule that may come from anywhere.
 *
 * @throws Error with a sentence for people if it breaks the contract, or names an operation that
 * there is not.
 */
export function checkedFault(rule: unknown): FaultRule {
  checkBody('addFault', rule, 'This is no fault');
  const { operation, delay, slowBody, webhook, headers = {} } = rule as FaultRule;
  if (operation !== undefined && !Object.hasOwn(BEHAVIOURS, operation)) {
    const known = Object.keys(BEHAVIOURS).join(', ');
    throw new Error(`There is no operation ${operation}. There are ${known}`);
  }
  for (const duration of [delay, slowBody, webhook?.delay]) {
    if (duration !== undefined) toMs(duration);
  }
  for (const [name, value] of Object.entries(headers)) {
    try {
      new Headers([[name, value]]);
    } catch {
      throw new Error(`${JSON.stringify(name)} cannot be sent as a header`);
    }
  }
  return rule as FaultRule;
}
