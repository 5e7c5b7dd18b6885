import { ConfigError } from '../../http/errors.ts';

/**
 * BullMQ's limiter lets so many through in a span that begins with the first of them, so that two
 * spans together may hold twice as many. In spans of a twentieth of a second that is a twentieth over.
 *
 * @throws ConfigError for what is no rate.
 */
export const limiterOf = (
  perSecond: number,
): { readonly max: number; readonly duration: number } => {
  if (!(perSecond > 0 && perSecond <= 100_000)) {
    throw new ConfigError('rateLimit.perSecond is not a number between 0 and 100,000');
  }
  const max = Math.max(1, Math.floor(perSecond / 20));
  return { max, duration: Math.ceil((max * 1_000) / perSecond) };
};
