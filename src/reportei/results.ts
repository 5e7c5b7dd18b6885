import type { Component } from './queries.ts';

/** How a number compares with the other period. */
export interface Comparison {
  readonly value: number | null;
  /** In percent. */
  readonly difference: number | null;
  readonly absoluteDifference: number | null;
}

interface Result<C extends Component> {
  readonly component: C;
  /** What Connect remarks about a value that it gives all the same. */
  readonly warning?: string;
}

/** Answer of a `number_v1` query. `null` means that there is no value; it never means 0. */
export interface NumberResult extends Result<'number_v1'> {
  readonly value: number | null;
  /** `null` unless a comparison was asked for and answered. */
  readonly comparison: Comparison | null;
  /** The course of the value, where Connect gives one. */
  readonly trend?: readonly (number | null)[];
}

/** Answer of a `chart_v1` query: each series has one value a label. */
export interface ChartResult extends Result<'chart_v1'> {
  readonly labels: readonly string[];
  /**
   * In the order of the query's metrics, or of the second dimension's values. `name` is Connect's
   * own, else the metric's where the query asked for as many.
   */
  readonly series: readonly { readonly name?: string; readonly data: readonly (number | null)[] }[];
}

/** One cell of a table: a value, or an object such as a post with its picture. */
export type Cell = string | number | null | { readonly [key: string]: unknown };

/** Answer of a `datatable_v1` query. A row named "Total" is left where Connect puts it. */
export interface DatatableResult extends Result<'datatable_v1'> {
  /** The query's dimensions, then its metrics. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Answer of a component that no document describes, untouched. */
export interface RawResult<C extends Component = Component> {
  readonly component: C;
  readonly raw: unknown;
}

/** The result type of a query, by its component. */
export type ResultOf<C extends Component> = C extends 'number_v1'
  ? NumberResult
  : C extends 'chart_v1'
    ? ChartResult
    : C extends 'datatable_v1'
      ? DatatableResult
      : RawResult<C>;

/** Why one metric has no result. */
export interface MetricFailure {
  readonly ok: false;
  /**
   * Connect's own word; `missing` when the answer does not hold the metric at all, `unknown` when it
   * gives no word, `decode` when it cannot be read.
   */
  readonly reason:
    | 'invalid_metrics_combination'
    | 'no_data_in_period'
    | 'internal_error'
    | 'expired_token'
    | 'missing'
    | 'unknown'
    | 'decode'
    | (string & {});
  readonly message: string;
}

/** Results by the names of the queries. */
export type Results<Q extends { readonly [Name in keyof Q]: Component }> = {
  readonly [Name in keyof Q]: ResultOf<Q[Name]>;
};

/** Results or failures by the names of the queries: what `partial: true` gives. */
export type Outcomes<Q extends { readonly [Name in keyof Q]: Component }> = {
  readonly [Name in keyof Q]: ({ readonly ok: true } & ResultOf<Q[Name]>) | MetricFailure;
};
