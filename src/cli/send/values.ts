import { InvalidArgumentError } from 'commander';
import { type Duration, toMilliseconds } from '../../http/duration.ts';
import { FIELDS, isField } from './mapping.ts';

/** Readers of option values. Each throws `InvalidArgumentError` with a sentence for people. */

export type Pairs = Readonly<Record<string, string>>;

/** `field=value`, again or with commas for more; a comma before anything else belongs to the value. */
export const parsePairs = (text: string, before: Pairs = {}): Pairs => ({
  ...before,
  ...Object.fromEntries(text.split(/,(?=\s*[a-z_]+(?:\.[^=,]+)?=)/).map(parsePair)),
});

function parsePair(pair: string): [string, string] {
  const [, field = '', value = ''] = /^\s*([^=]*?)\s*=(.*)$/s.exec(pair) ?? [];
  if (field === '' || value.trim() === '') {
    throw new InvalidArgumentError('Write it as activity_type=event, for example.');
  }
  if (!isField(field)) {
    throw new InvalidArgumentError(`There is no field ${field}, only ${[...FIELDS].join(', ')}.`);
  }
  return [field, value.trim()];
}

const LONGEST_WINDOW = 24 * 3_600_000;

/** The length of a window, in milliseconds: whole seconds, since the API knows no shorter time. */
export function parseWindow(text: string): number {
  try {
    const ms = toMilliseconds(text as Duration, '--aggregate', 1_000);
    if (ms <= LONGEST_WINDOW && ms % 1_000 === 0) return ms;
  } catch {
    // Told below.
  }
  throw new InvalidArgumentError('Write it as 15m or 1h, for example; 24h at most.');
}

export function parseRate(text: string): number {
  const rate = Number(text);
  if (/^\d{1,6}$/.test(text) && rate > 0) return rate;
  throw new InvalidArgumentError('It is a whole number of requests per second, 1 or more.');
}
