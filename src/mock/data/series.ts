import type { Course } from './course.ts';
import { KINDS, type Kind } from './kinds.ts';
import { hash, mix } from './random.ts';
import { usualRange, usualSize } from './typical.ts';

/** One metric of one query, with all that its values depend on. */
export interface Series {
  readonly metric: string;
  readonly kind: Kind;
  /** Its own randomness. */
  readonly key: number;
  /** What it shares with the other metrics of the query. */
  readonly account: number;
  /** What is counted; of a ratio, what it is divided by. */
  readonly course: Course;
  /** Of a ratio: its value on a usual day, in units. */
  readonly ratio: number;
  /** Of a ratio of metrics that are asked for elsewhere: those. */
  readonly quotient?: Quotient;
}

/** Units are `over` × `times` ÷ (`under` × `by`). */
interface Quotient {
  readonly over: Series;
  readonly under: Series;
  readonly times: number;
  readonly by: number;
}

// Typical sizes of a daily metric, from replies to impressions.
const SCALES = [4, 12, 40, 120, 400, 1_200] as const;

/**
 * The series of a metric; `basis` says whose data it is, and `content` of which part of it: the
 * stories, the reels; `''` for everything.
 */
export function seriesOf(
  metric: string,
  kind: Kind,
  basis: readonly (string | number)[],
  content = '',
): Series {
  const key = content === '' ? hash(...basis, metric) : hash(...basis, content, metric);
  const account = hash(...basis);
  const parts = { metric, kind, key, account };
  switch (kind) {
    case 'count':
    case 'unique':
    case 'money':
    case 'stock':
      return { ...parts, course: courseOf({ ...parts, kind }, content), ratio: 0 };
    case 'date':
    case 'text':
      return { ...parts, course: { key, size: 0, tide: null }, ratio: 0 };
    default: {
      const [low, high] = usualRange(kind, metric);
      const ratio = low + (mix(key, 0x0a7e) % (high - low + 1));
      // Enough to divide by that the rows of a day still have something.
      const size = 260 + (mix(key, 0xd1f) % 240);
      return { ...parts, course: { key, size, tide: account }, ratio };
    }
  }
}

/** A rate that is made of two amounts; as it was, if that is not what they are. */
export function quotientOf(rate: Series, over: Series, under: Series, factor: number): Series {
  if (KINDS[rate.kind].family !== 'ratio') return rate;
  if (!isAmount(over) || !isAmount(under)) return rate;
  const times =
    unitsPerOne(rate) * unitsPerOne(under) * factor * (rate.kind === 'percent' ? 100 : 1);
  return { ...rate, quotient: { over, under, times, by: unitsPerOne(over) } };
}

const isAmount = ({ kind }: Series): boolean =>
  ['sum', 'unique', 'stock'].includes(KINDS[kind].family);

/** What a ratio is on one day, in units. */
export function ratioOn({ key, ratio }: Series, day: number): number {
  return Math.round((ratio * (88 + (mix(key ^ RATIO, day) % 25))) / 100);
}

/** The decimals a value is shown with, as what its units are divided by. */
export function unitsPerOne({ kind }: Series): number {
  return POWERS[KINDS[kind].decimals] ?? 1;
}

const RATIO = 0x0ba7_10;
const POWERS = [1, 10, 100, 1000, 10_000] as const;

interface Identity {
  readonly metric: string;
  readonly kind: 'count' | 'unique' | 'money' | 'stock';
  readonly key: number;
  readonly account: number;
}

function courseOf({ metric, kind, key, account }: Identity, content: string): Course {
  const usual = usualSize(kind, metric);
  if (usual === undefined) {
    const scale = (SCALES[key % SCALES.length] ?? 1) * (kind === 'money' ? 97 : 1);
    return { key, size: scale * (70 + (mix(key, 0x10ad) % 61)), tide: null };
  }
  // Accounts are small and large; within one, metrics keep their proportion.
  const percent = (55 + (mix(account, 0x51e) % 100)) * (94 + (mix(key, 0x10ad) % 13));
  // The stories reach fewer people than everything does.
  const part = content === '' ? 100 : 10 + (hash(account, content) % 16);
  const size = (usual * percent * part) / 1_000_000;
  return { key, size: Math.max(1, Math.round(size)), tide: account };
}
