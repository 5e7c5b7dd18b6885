import { DecodeError } from '../http/errors.ts';
import type { Component, MetricQuery } from './queries.ts';
import type {
  Cell,
  ChartResult,
  Comparison,
  DatatableResult,
  MetricFailure,
  NumberResult,
  RawResult,
} from './results.ts';

type Fields = { readonly [key: string]: unknown };
export type AnyResult = NumberResult | ChartResult | DatatableResult | RawResult;

export const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What makes of one metric's answer an error: `path` says where, in the query's own name. */
const unfit = (path: string, expected: string): DecodeError =>
  new DecodeError(`${path} is not ${expected}`);

const list = (value: unknown, path: string): readonly unknown[] => {
  if (Array.isArray(value)) return value;
  throw unfit(path, 'a list');
};

const isNumeric = (text: string): boolean =>
  /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) && Number.isFinite(Number(text));

/** A number as Connect writes it: also as text, or empty for "none". */
const number = (value: unknown, path: string): number | null => {
  if (typeof value === 'number') return value;
  if (value === null || value === undefined || value === '') return null;
  if (typeof value === 'string' && isNumeric(value)) return Number(value);
  throw unfit(path, 'a number');
};

const label = (value: unknown, path: string): string => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (value === null) return '';
  throw unfit(path, 'a label');
};

const cell = (value: unknown, path: string, isMetric: boolean): Cell => {
  if (typeof value === 'string') return isMetric && isNumeric(value) ? Number(value) : value;
  if (typeof value === 'number' || value === null) return value;
  if (isObject(value)) return value;
  throw unfit(path, 'a cell');
};

const warningOf = (answer: Fields) =>
  typeof answer.warning === 'string' ? { warning: answer.warning } : {};

const comparison = (value: unknown, path: string): Comparison | null => {
  if (!isObject(value)) return null;
  const decoded = {
    value: number(value.values, `${path}.values`),
    difference: number(value.difference, `${path}.difference`),
    absoluteDifference: number(value.absoluteDifference, `${path}.absoluteDifference`),
  };
  return Object.values(decoded).every((part) => part === null) ? null : decoded;
};

/** Some numbers come in a list of one. */
const single = (value: unknown): unknown =>
  Array.isArray(value) && value.length <= 1 ? value[0] : value;

const decodeNumber = (answer: Fields, path: string): NumberResult => ({
  component: 'number_v1',
  value: number(single(answer.values), `${path}.values`),
  comparison: comparison(answer.comparison, `${path}.comparison`),
  ...(isObject(answer.trend) && Array.isArray(answer.trend.data)
    ? { trend: answer.trend.data.map((item, i) => number(item, `${path}.trend.data[${i}]`)) }
    : {}),
  ...warningOf(answer),
});

const decodeChart = (answer: Fields, path: string, query: MetricQuery): ChartResult => {
  const labels = list(answer.labels, `${path}.labels`).map((item, i) =>
    label(item, `${path}.labels[${i}]`),
  );
  const values = list(answer.values, `${path}.values`);
  const named = values.length === query.metrics.length ? query.metrics : [];
  const series = values.map((item, i) => {
    const at = `${path}.values[${i}]`;
    if (!isObject(item)) throw unfit(at, 'a series');
    const data = list(item.data, `${at}.data`).map((value, j) => number(value, `${at}.data[${j}]`));
    if (data.length !== labels.length) {
      throw unfit(`${at}.data`, `a list of ${labels.length}, one value a label`);
    }
    const name = typeof item.name === 'string' ? item.name : named[i];
    return { ...(name === undefined ? {} : { name }), data };
  });
  return { component: 'chart_v1', labels, series, ...warningOf(answer) };
};

const decodeDatatable = (answer: Fields, path: string, query: MetricQuery): DatatableResult => {
  const dimensions = (query.dimensions ?? []).map((item) =>
    typeof item === 'string' ? item : item.field,
  );
  const columns = [...dimensions, ...query.metrics];
  const rows = list(answer.values, `${path}.values`).map((item, i) => {
    const at = `${path}.values[${i}]`;
    const row = list(item, at);
    if (row.length !== columns.length) {
      throw unfit(at, `a row of ${columns.length} cells (${columns.join(', ')})`);
    }
    return row.map((value, j) => cell(value, `${at}[${j}]`, j >= dimensions.length));
  });
  return { component: 'datatable_v1', columns, rows, ...warningOf(answer) };
};

const text = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;

const failureTypes: ReadonlySet<unknown> = new Set([
  'invalid_metrics_combination',
  'no_data_in_period',
  'internal_error',
  'expired_token',
] satisfies MetricFailure['reason'][]);

/** Why a metric has no value, as far as the answer says so. */
const failureOf = (answer: unknown, documented: boolean): MetricFailure | undefined => {
  // PHP writes an empty object as an empty list.
  const empty = answer === null || (Array.isArray(answer) && answer.length === 0);
  if (answer === undefined || (documented && empty)) {
    return { ok: false, reason: 'missing', message: 'the answer does not hold this metric' };
  }
  if (!isObject(answer)) return undefined;
  const type = text(answer.type);
  const message = text(answer.message);
  if (failureTypes.has(type)) return { ok: false, reason: type ?? '', message: message ?? '' };
  // What no document describes may well have a type, a message or a warning of its own.
  if (!documented || 'values' in answer) return undefined;
  const warning = text(answer.warning);
  if (type === undefined && message === undefined && warning !== undefined) {
    return { ok: false, reason: 'no_data_in_period', message: warning };
  }
  return { ok: false, reason: type ?? 'unknown', message: message ?? 'the answer has no values' };
};

const decoders: {
  readonly [C in Component]?: (answer: Fields, path: string, query: MetricQuery) => AnyResult;
} = { number_v1: decodeNumber, chart_v1: decodeChart, datatable_v1: decodeDatatable };

/**
 * One metric's answer, or why there is none. A failure or a missing value never becomes 0.
 *
 * @throws DecodeError, naming query and path, for what is neither.
 */
export const decodeMetric = (
  name: string,
  query: MetricQuery,
  answer: unknown,
): AnyResult | MetricFailure => {
  const decode = decoders[query.component];
  const failure = failureOf(answer, decode !== undefined);
  if (failure !== undefined) return failure;
  if (decode === undefined) return { component: query.component, raw: answer };
  if (!isObject(answer)) throw unfit(name, 'an object');
  return decode(answer, name, query);
};
