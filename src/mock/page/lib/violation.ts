import type { Violation } from './types.ts';

/** Such as `payload.user_id is required`; without a field it is the whole that is wrong. */
export const subjectOf = ({ field, side }: Violation): string =>
  field || (side === 'request' ? 'The request' : 'The answer');

/** Whether a reason only repeats the violations, which are shown better one by one. */
export const repeats = (reason: string, violations: readonly Violation[]): boolean => {
  const known = violations.map(({ field, problem }) => `${field} ${problem}`.trim());
  return reason.split('; ').every((part) => known.includes(part));
};
