import { weekdayOf, type Day } from './daily.ts';
import { mix } from './random.ts';

/** How a figure develops from day to day. */
export interface Course {
  readonly key: number;
  /** What it is on a usual day, in units. */
  readonly size: number;
  /**
   * The key of what it goes up and down with: impressions, clicks and purchases have their good
   * days together, or there would be more clicks than impressions on some. `null`: on its own.
   */
  readonly tide: number | null;
}

// Monday to Sunday, in percent: usage and audience both fall at the weekend.
const WEEK = [100, 106, 110, 108, 102, 84, 78] as const;

/** What happens on one day: a whole number of units that is never negative. */
export function flowOn({ key, size, tide }: Course, day: Day): number {
  const weekday = WEEK[weekdayOf(day)] ?? 100;
  const own = mix(key, day);
  if (tide === null) return Math.round((size * weekday * (75 + (own % 51))) / 1_000_000);
  const noise = (75 + (mix(tide, day) % 51)) * (96 + (own % 9));
  return Math.round((size * weekday * noise) / 1_000_000);
}

/** The day on which a stock has its size: 2024-01-01. */
const NOW: Day = 19_723;
/** Growth ends here, or the years that nobody asks for would not fit into exact numbers. */
const CENTURY = 36_525;

/**
 * What is there at the end of a day: it grows slowly and by nearly straight lines, which needs no
 * walk through the days before. Never negative, however early the day.
 */
export function stockOn({ key, size }: Course, day: Day): number {
  // The days in which it doubles: three to eleven years.
  const pace = 1100 + (mix(key, 0x9ace) % 2900);
  const since = Math.min(day - NOW, CENTURY);
  const level = since >= 0 ? (size * (pace + since)) / pace : (size * pace) / (pace - since);
  // One in two thousand up or down, as people leave too.
  return Math.round((level * (9995 + (mix(key, day) % 11))) / 10_000);
}
