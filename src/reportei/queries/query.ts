import type { components } from '../../../generated/reportei.ts';
import type { StandardSchema } from './standard-schema.ts';

type Wire = components['schemas'];

/** The components that Connect is known to have; the first three are documented. */
export type Component = Wire['KnownComponent'];

type Documented = 'number_v1' | 'chart_v1' | 'datatable_v1';

/** A component whose answer no document describes. */
export type OtherComponent = Exclude<Component, Documented>;

/** Whether the answer's shape is documented: all others arrive as they are. */
export const isDocumented = (component: string): boolean =>
  /^(number|chart|datatable)_v1$/.test(component);

/** A breakdown: by name, or by a field with a condition. */
export type Dimension =
  | string
  | { readonly field: string; readonly operator?: string | undefined; readonly value?: unknown };

type Passed = Pick<
  Wire['MetricQuery'],
  | 'filters'
  | 'filter'
  | 'currency'
  | 'operation'
  | 'diff_type'
  | 'calculated'
  | 'container_type'
  | 'widgets'
  | 'added_date'
  | 'references'
>;

/** What a query may say beyond what it measures, named as on the wire (Connect's "Metric Structure"). */
export interface QueryDetails extends Readonly<Passed> {
  /** The one advertisement, set or campaign to look at. */
  readonly entity_id?: string | number | undefined;
  /** What `entity_id` names: `ad`, `campaign`, `adset`. */
  readonly entity_type?: Wire['KnownEntityType'] | (string & {}) | undefined;
  /** How the Reportei application draws a chart, e.g. `line`. */
  readonly chart_type?: string | undefined;
  /** Columns to sort by; a minus in front means descending. */
  readonly sort?: readonly string[] | undefined;
  /** Options of a single network. */
  readonly custom?: Readonly<Record<string, unknown>> | readonly unknown[] | undefined;
  /** The network's own name for the figure. */
  readonly type?: string | readonly unknown[] | undefined;
}

/** One query as Connect takes it, without the id that each request gives it. */
export interface WireQuery extends QueryDetails {
  /** The metric's general name, e.g. `ig:story_replies`. Not unique. */
  readonly reference_key: string;
  /** Decides the shape of the answer. */
  readonly component: string;
  /** The values asked for, in the order in which they are answered. May be empty. */
  readonly metrics: readonly string[];
  readonly dimensions?: readonly Dimension[] | undefined;
}

declare const result: unique symbol;

/** A query that knows what its answer looks like. Made by `number`, `chart`, `datatable`, `custom`. */
export interface Query<out Result = unknown> {
  readonly wire: WireQuery;
  /** The id to ask under, of a payload that has one. Default: a fresh one for each request. */
  readonly id?: string | undefined;
  /** Checks the answer of a `custom` component. */
  readonly schema?: StandardSchema | undefined;
  /** For the compiler alone: there is no such property. */
  readonly [result]?: Result;
}

/** Queries by names of your own; the results carry the same names. */
export type Queries = Readonly<Record<string, Query>>;

/** The result of a query. */
export type ResultOf<Q extends Query> = NonNullable<Q[typeof result]>;
