import type { Violation } from './types.ts';

/** Such as `payload.user_id is required`; without a field it is the whole that is wrong. */
export const subjectOf = ({ field, side }: Violation): string =>
  field || (side === 'request' ? 'The request' : 'The answer');
