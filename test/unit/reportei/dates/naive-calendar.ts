/**
 * A calendar that knows nothing but the lengths of months, and walks from day to day: slow, and
 * independent of Date, of Temporal and of the code under test.
 */
export interface NaiveDay {
  readonly text: string;
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** 1 is Monday. */
  readonly weekday: number;
}

const isLeap = (year: number): boolean =>
  year % 400 === 0 || (year % 4 === 0 && !(year % 100 === 0));

const lengthOf = (year: number, month: number): number => {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
};

const padded = (value: number, length: number): string => String(value).padStart(length, '0');

const textOf = (year: number, month: number, day: number): string =>
  `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;

const walk = (from: number, to: number, weekdayOfFirst: number): readonly NaiveDay[] => {
  const days: NaiveDay[] = [];
  let weekday = weekdayOfFirst;
  for (let year = from; year <= to; year += 1) {
    for (let month = 1; month <= 12; month += 1) {
      for (let day = 1; day <= lengthOf(year, month); day += 1) {
        days.push({ text: textOf(year, month, day), year, month, day, weekday });
        weekday = (weekday % 7) + 1;
      }
    }
  }
  return days;
};

/** 1895-01-01, a Tuesday, to the end of 2105: four centuries' ends are in it or next to it. */
export const days = walk(1895, 2105, 2);

const indexes = new Map(days.map(({ text }, index) => [text, index]));

export const at = (index: number): NaiveDay => {
  const day = days[index];
  if (day === undefined) throw new RangeError(`no day ${index}`);
  return day;
};

export const textAt = (index: number): string => at(index).text;

/** The last day of a month up to a number: 31 is the month's end. */
export const dayUpTo = (year: number, month: number, day: number): string => {
  for (let tried = day; tried > 0; tried -= 1) {
    if (indexes.has(textOf(year, month, tried))) return textOf(year, month, tried);
  }
  throw new RangeError(`${year}-${month} is not in the calendar`);
};

/** The same day some months before, month by month; the end of a month when `toEnd`. */
export const monthsBack = (index: number, months: number, toEnd: boolean): string => {
  let { year, month } = at(index);
  for (let step = 0; step < months; step += 1) {
    month -= 1;
    if (month === 0) {
      month = 12;
      year -= 1;
    }
  }
  return dayUpTo(year, month, toEnd ? 31 : at(index).day);
};

export const isMonthEnd = (index: number): boolean => at(index + 1).day === 1;

const keys = {
  month: ({ year, month }: NaiveDay) => `${year} ${month}`,
  quarter: ({ year, month }: NaiveDay) => `${year} ${Math.ceil(month / 3)}`,
  year: ({ year }: NaiveDay) => `${year}`,
};

export type NaiveUnit = 'week' | keyof typeof keys;

/** The first day of the week, month, quarter or year that a day is in. */
export const firstOf = (unit: NaiveUnit, index: number): number => {
  let first = index;
  if (unit === 'week') {
    while (at(first).weekday !== 1) first -= 1;
  } else {
    while (keys[unit](at(first - 1)) === keys[unit](at(index))) first -= 1;
  }
  return first;
};
