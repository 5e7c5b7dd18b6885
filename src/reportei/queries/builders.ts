import { ConfigError } from '../../http/errors.ts';
import type {
  ChartResult,
  CustomResult,
  DatatableResult,
  NamedSeries,
  NumberResult,
  Points,
} from '../results/results.ts';
import {
  type Component,
  type Dimension,
  isDocumented,
  type Query,
  type QueryDetails,
  type WireQuery,
} from './query.ts';
import type { StandardSchema } from './standard-schema.ts';

type Names = readonly string[];
type Dimensions = readonly Dimension[];

/** Options of every query. */
export interface QueryOptions<
  M extends Names = Names,
  D extends Dimensions = Dimensions,
> extends QueryDetails {
  /** The values asked for, e.g. `['count', 'ctr']`. May be empty. */
  readonly metrics: M;
  /** What the values are broken down by, e.g. `['country']`. */
  readonly dimensions?: D | undefined;
  /** Keys of the query that no document names, sent as they are. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
}

type NameOf<D> = D extends { readonly field: infer Field extends string } ? Field : D & string;

/** The columns of a table; any name where the literal does not tell, or asks for no metric by name. */
type ColumnsOf<M extends Names, D extends Dimensions> = M extends readonly []
  ? string
  : NameOf<D[number]> | M[number];

type SeriesOf<M extends Names, D extends Dimensions> = number extends M['length'] | D['length']
  ? ChartResult['series']
  : M extends readonly []
    ? readonly NamedSeries[]
    : D['length'] extends 0 | 1
      ? { readonly [Metric in M[number]]: Points }
      : readonly NamedSeries[];

const query = <Result>(
  reference_key: string,
  component: string,
  { extra, ...options }: QueryOptions,
  schema?: StandardSchema,
): Query<Result> => {
  const wire: WireQuery = { ...extra, reference_key, component, ...options };
  return schema === undefined ? { wire } : { wire, schema };
};

/**
 * Asks for one number (`number_v1`): `result.value`.
 *
 * @param referenceKey the metric's general name, e.g. `ig:story_replies`
 */
export const number = (referenceKey: string, options: QueryOptions): Query<NumberResult> =>
  query(referenceKey, 'number_v1', options);

/**
 * Asks for a chart (`chart_v1`): `result.labels`, and `result.series` by the names of the metrics. A
 * chart with two dimensions has a list of series instead, one for each value of the second.
 *
 * @param referenceKey the metric's general name, e.g. `ig:followers_gender`
 */
export const chart = <const M extends Names, const D extends Dimensions = readonly []>(
  referenceKey: string,
  options: QueryOptions<M, D>,
): Query<ChartResult<SeriesOf<M, D>>> => query(referenceKey, 'chart_v1', options);

/**
 * Asks for a table (`datatable_v1`): `result.rows` by the names of dimensions and metrics, and
 * `result.total`.
 *
 * @param referenceKey the metric's general name, e.g. `ig:clicks_breakdown`
 */
export const datatable = <const M extends Names, const D extends Dimensions = readonly []>(
  referenceKey: string,
  options: QueryOptions<M, D>,
): Query<DatatableResult<ColumnsOf<M, D>>> => query(referenceKey, 'datatable_v1', options);

/** Options of a `custom` query. */
export interface CustomOptions<Data> extends Omit<QueryOptions, 'metrics'> {
  /** Default: none. */
  readonly metrics?: readonly string[] | undefined;
  /**
   * What the answer has to be: a Standard Schema (Zod, Valibot, ArkType …) that checks at once. Its
   * output is `result.data`. Default: `unknown`, as Connect sent it.
   */
  readonly schema?: StandardSchema<Data> | undefined;
}

/**
 * Asks for a component whose answer no document describes, e.g. `pipeline_v1`: `result.data`.
 *
 * @param referenceKey the metric's general name
 * @throws ConfigError for a component that has a builder of its own.
 */
export const custom = <const C extends Component | (string & {}), Data = unknown>(
  referenceKey: string,
  component: C,
  { schema, metrics = [], ...options }: CustomOptions<Data> = {},
): Query<CustomResult<C, Data>> => {
  if (isDocumented(component)) {
    throw new ConfigError(`${component} is asked for by number, chart or datatable, not by custom`);
  }
  return query(referenceKey, component, { ...options, metrics }, schema);
};
