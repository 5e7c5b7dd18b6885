import * as fc from 'fast-check';
import { answer, type Query } from '../../../src/mock/data/answers.ts';
import type { Catalog } from '../../../src/mock/data/catalog.ts';
import type { Period } from '../../../src/mock/data/daily.ts';
import { KINDS, type Kind } from '../../../src/mock/data/kinds.ts';

/** Knows the kinds by names like `money` and `money_2`. */
export const BY_NAME: Catalog = {
  kindOf: (metric) => metric.split('_')[0] as Kind,
  knows: () => true,
};

export const ALL_KINDS = Object.keys(KINDS) as Kind[];
export const NUMBERS = ALL_KINDS.filter((kind) => KINDS[kind].family !== 'label');
export const ofFamily = (family: string): Kind[] =>
  ALL_KINDS.filter((kind) => KINDS[kind].family === family);

export const unitsOf = (kind: Kind): number => 10 ** KINDS[kind].decimals;

const CALENDAR = ['date', 'ga:date', 'day', 'yearMonth', 'week', 'month', 'year', 'weekday'];
const VALUES = ['gender', 'age', 'country', 'hour', 'deviceCategory', 'media', 'unheard of'];
const DIMENSIONS = [...CALENDAR, ...VALUES];

export const anyPeriod: fc.Arbitrary<Period> = fc
  .tuple(fc.integer({ min: 10_000, max: 25_000 }), fc.nat(70))
  .map(([first, length]) => ({ first, last: first + length }));

const anyBasis = fc.array(fc.string(), { minLength: 1, maxLength: 3 });

/** Queries for metrics of some kinds; a second name of a kind has other data. */
export function anyQuery(
  kinds: readonly Kind[],
  dimensions: readonly string[] = DIMENSIONS,
): fc.Arbitrary<Query> {
  return fc.record({
    component: fc.constant('datatable_v1'),
    metrics: fc
      .array(fc.tuple(fc.constantFrom(...kinds), fc.nat(50)), { minLength: 1, maxLength: 3 })
      .map((all) => all.map(([kind, n]) => `${kind}_${n}`)),
    dimensions: fc.uniqueArray(fc.constantFrom(...dimensions), { maxLength: 3 }),
    sort: fc.constant([]),
    basis: anyBasis,
  });
}

type Chart = { labels: string[]; values: { name?: string; data: number[] }[] };
export type Cell = string | number | null | Record<string, string>;

const alone = (asked: Period): Parameters<typeof answer>[1] => ({ asked, compared: null });

export function numberOf(query: Query, period: Period, metric = query.metrics[0] ?? ''): number {
  const asked = { ...query, component: 'number_v1', metrics: [metric] };
  return answer(asked, alone(period), BY_NAME)['values'] as number;
}

export function chartOf(query: Query, period: Period): Chart {
  return answer({ ...query, component: 'chart_v1' }, alone(period), BY_NAME) as Chart;
}

/** The values of a chart with one series, or of its first. */
export function lineOf(query: Query, period: Period, ...dimensions: string[]): number[] {
  return chartOf({ ...query, dimensions }, period).values[0]?.data ?? [];
}

export function tableOf(query: Query, period: Period): { rows: Cell[][]; total: Cell[] } {
  const asked = { ...query, component: 'datatable_v1' };
  const values = answer(asked, alone(period), BY_NAME)['values'] as Cell[][];
  return { rows: values.slice(0, -1), total: values.at(-1) ?? [] };
}

export const kindOf = (metric: string): Kind => metric.split('_')[0] as Kind;

/** The sum in whole units, as people who count in cents would make it. */
export function sumOf(values: readonly (Cell | undefined)[], kind: Kind): number {
  const one = unitsOf(kind);
  const sum = values.reduce<number>((total, value) => total + Math.round(Number(value) * one), 0);
  return sum / one;
}
