import { daysOf, formatDay, weekdayOf, type Day, type Period } from './daily.ts';
import { remember } from './remember.ts';
import { words } from './words.ts';

/** The days of a period by what some dimensions call them. */
export interface Calendar {
  readonly period: Period;
  /** For each group of days, its label in each of the dimensions. */
  readonly groups: readonly (readonly string[])[];
  /** The first day of each group. */
  readonly starts: readonly Day[];
  /** The group of each day of the period; -1 for a day that is left out. */
  readonly groupOf: readonly number[];
}

const WEEKDAYS = [
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
  'Sunday',
] as const;

/** The dimensions that tell days apart; the first row that fits wins. */
const LABELS: readonly (readonly [RegExp, (day: Day) => string])[] = [
  [/(^| )(week ?day|day of (the )?week)( name)?$/, (day) => WEEKDAYS[weekdayOf(day)] ?? ''],
  [/(^| )day of month$/, (day) => formatDay(day).slice(8, 10)],
  [/(^| )(date|dates|day|datetime)( ?time| start| stop| hour)?$/, formatDay],
  [/(^| )year (iso )?week$/, (day) => weekOf(day).join('')],
  [/(^| )week$/, (day) => weekOf(day).join('-W')],
  [/(^| )year month$/, (day) => formatDay(day).slice(0, 7).replace('-', '')],
  [/(^| )month$/, (day) => formatDay(day).slice(0, 7)],
  [/(^| )quarter$/, (day) => quarterOf(formatDay(day))],
  [/(^| )year$/, (day) => formatDay(day).slice(0, 4)],
];

/** How a dimension calls a day; `undefined` if it is about something else. */
export const dayLabel = remember((dimension): ((day: Day) => string) | undefined => {
  const name = words(dimension);
  return LABELS.find(([pattern]) => pattern.test(name))?.[1];
});

/** Whether the dimension tells days apart. */
export function isCalendar(dimension: string): boolean {
  return dayLabel(dimension) !== undefined;
}

/** The groups of days that differ in one of the dimensions at least, in the order of time. */
export function calendarOf(
  period: Period,
  dimensions: readonly string[],
  keep?: (dimension: string, label: string) => boolean,
): Calendar {
  if (keep !== undefined) return group(period, dimensions, keep);
  const made = MADE.get(period) ?? new Map<string, Calendar>();
  MADE.set(period, made);
  const key = dimensions.join('\n');
  const calendar = made.get(key) ?? group(period, dimensions, () => true);
  made.set(key, calendar);
  return calendar;
}

/** A request asks for one period a hundred times, and writing dates is what takes the time. */
const MADE = new WeakMap<Period, Map<string, Calendar>>();

function group(
  period: Period,
  dimensions: readonly string[],
  keep: (dimension: string, label: string) => boolean,
): Calendar {
  const naming = dimensions.map((name) => ({ name, label: dayLabel(name) ?? formatDay }));
  const found = new Map<string, { labels: readonly string[]; start: Day; group: number }>();
  const groupOf = daysOf(period).map((day) => {
    const labels = naming.map(({ label }) => label(day));
    if (!naming.every(({ name }, i) => keep(name, labels[i] ?? ''))) return -1;
    const key = labels.join('\n');
    const known = found.get(key);
    if (known !== undefined) return known.group;
    found.set(key, { labels, start: day, group: found.size });
    return found.size - 1;
  });
  // Weekdays from Monday on, on whatever day the period starts; all else is in order already.
  const groups = [...found.values()].sort((a, b) => weekdayRank(a) - weekdayRank(b));
  const place = new Map(groups.map(({ group }, i) => [group, i]));
  return {
    period,
    groups: groups.map(({ labels }) => labels),
    starts: groups.map(({ start }) => start),
    groupOf: groupOf.map((at) => place.get(at) ?? -1),
  };
}

const weekdayRank = ({ labels }: { labels: readonly string[] }): number =>
  (WEEKDAYS as readonly string[]).indexOf(labels[0] ?? '');

/** The same days in one group. */
export function together(calendar: Calendar): Calendar {
  const { period, groupOf } = calendar;
  if (!groupOf.includes(-1)) return calendarOf(period, []);
  const one = groupOf.map((at) => (at < 0 ? -1 : 0));
  return { period, groups: [[]], starts: [period.first], groupOf: one };
}

/** The year and number of the ISO 8601 week, which belongs to the year of its Thursday. */
function weekOf(day: Day): [year: string, week: string] {
  const thursday = day - weekdayOf(day) + 3;
  const year = formatDay(thursday).slice(0, 4);
  const first = Date.parse(`${year}-01-01T00:00:00Z`) / 86_400_000;
  return [year, String(Math.floor((thursday - first) / 7) + 1).padStart(2, '0')];
}

function quarterOf(date: string): string {
  return `${date.slice(0, 4)}-Q${Math.ceil(Number(date.slice(5, 7)) / 3)}`;
}
