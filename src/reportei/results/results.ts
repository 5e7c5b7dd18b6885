import type { OtherComponent, Queries, ResultOf } from '../queries/query.ts';

/** How a number compares with the other period. */
export interface Comparison {
  readonly value: number | null;
  /** In percent. */
  readonly difference: number | null;
  readonly absoluteDifference: number | null;
}

interface Result<C extends string> {
  readonly component: C;
  /** What Connect remarks about a value that it gives all the same. */
  readonly warning?: string;
}

/** Answer of a `number` query. `null` means that there is no value; it never means 0. */
export interface NumberResult extends Result<'number_v1'> {
  readonly value: number | null;
  /** `null` unless a comparison was asked for and answered. */
  readonly comparison: Comparison | null;
  /** The course of the value, where Connect gives one. */
  readonly trend?: readonly (number | null)[];
}

/** One value a label of the chart. */
export type Points = readonly (number | null)[];

/** A series of a chart broken down twice. */
export interface NamedSeries {
  /** The second dimension's value, `null` where Connect does not tell. */
  readonly name: string | null;
  readonly data: Points;
}

/** The series of a chart: by metric, or in a list where the second dimension makes them. */
export type AnySeries = { readonly [metric: string]: Points } | readonly NamedSeries[];

/** Answer of a `chart` query. */
export interface ChartResult<Series = AnySeries> extends Result<'chart_v1'> {
  /** The first dimension's values. */
  readonly labels: readonly string[];
  /** By metric; a list in Connect's order for a chart with two dimensions, or without metrics. */
  readonly series: Series;
}

/** An object in a cell, such as a post with its picture: see `cellText` and `cellNumber`. */
export interface CellObject {
  readonly [key: string]: unknown;
}

/** One cell of a table. Numbers that Connect writes as text are numbers; `null` stays `null`. */
export type Cell = string | number | null | CellObject;

/** One row of a table, by column. */
export type Row<Column extends string = string> = { readonly [C in Column]: Cell };

/** Answer of a `datatable` query. */
export interface DatatableResult<Column extends string = string> extends Result<'datatable_v1'> {
  /** The query's dimensions, then its metrics. A name that comes twice is `name_2` the second time. */
  readonly columns: readonly Column[];
  /** In Connect's order, without its row of totals. */
  readonly rows: readonly Row<Column>[];
  /**
   * Connect's row of totals. `null` where there is none: a row counts as one if it is called "Total"
   * and is the sum of the others in at least one column. Zeros among zeros prove nothing where
   * another column is no sum.
   */
  readonly total: Row<Column> | null;
  /** What Connect says about the columns, untouched. */
  readonly headers?: unknown;
}

/** Answer of a `custom` query: as Connect sent it, or what its schema made of that. */
export interface CustomResult<C extends string = string, Data = unknown> {
  readonly component: C;
  readonly data: Data;
}

/** A result of which only its `component` tells the shape. */
export type AnyResult = NumberResult | ChartResult | DatatableResult | CustomResult<OtherComponent>;

/** Why one metric has no result. */
export interface MetricFailure {
  readonly ok: false;
  /**
   * Connect's own word; `missing` when the answer does not hold the metric at all, `unknown` when it
   * gives no word, `decode` when it cannot be read, `refused` when the metric made Connect refuse the
   * request; `http` `network` `timeout` `aborted` when the request that asked for it failed, and
   * `unreadable` when its answer as a whole was none of Connect's.
   */
  readonly reason:
    | 'invalid_metrics_combination'
    | 'no_data_in_period'
    | 'internal_error'
    | 'expired_token'
    | 'missing'
    | 'unknown'
    | 'decode'
    | 'refused'
    | 'http'
    | 'network'
    | 'timeout'
    | 'aborted'
    | 'unreadable'
    | (string & {});
  readonly message: string;
}

/** A result or why there is none. */
export type Outcome<Result = AnyResult> = ({ readonly ok: true } & Result) | MetricFailure;

/** Results by the names of the queries. */
export type Results<Q extends Queries = Queries> = {
  readonly [Name in keyof Q]: ResultOf<Q[Name]>;
};

/** Results or failures by the names of the queries: what `partial: true` gives. */
export type Outcomes<Q extends Queries = Queries> = {
  readonly [Name in keyof Q]: Outcome<ResultOf<Q[Name]>>;
};

/** Outcomes of queries that nobody wrote types for. */
export type AnyOutcomes = { readonly [name: string]: Outcome };
