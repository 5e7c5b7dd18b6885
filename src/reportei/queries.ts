import type { components } from '../../generated/reportei.ts';

type Wire = components['schemas'];

/** The components that Connect is known to have; the first three are documented. */
export type Component = Wire['KnownComponent'];

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

/** One metric to ask for, named as on the wire (Connect's "Metric Structure"). */
export interface MetricQuery<C extends Component = Component> extends Readonly<Passed> {
  /** A UUID that the answer is keyed by. Default: a random one. */
  readonly id?: string | undefined;
  /** The metric's general name, e.g. `ig:story_replies`. Not unique. */
  readonly reference_key: string;
  /** Decides the shape of the answer. */
  readonly component: C;
  /** The values asked for, in the order in which they are answered. May be empty. */
  readonly metrics: readonly string[];
  readonly dimensions?: readonly Dimension[] | undefined;
  readonly entity_id?: string | number | undefined;
  readonly entity_type?: Wire['KnownEntityType'] | (string & {}) | undefined;
  readonly chart_type?: string | undefined;
  /** Columns to sort by; a minus in front means descending. */
  readonly sort?: readonly string[] | undefined;
  readonly custom?: Readonly<Record<string, unknown>> | readonly unknown[] | undefined;
  readonly type?: string | readonly unknown[] | undefined;
}

/** Queries by names of your own; the results carry the same names. */
export type MetricQueries = Readonly<Record<string, MetricQuery>>;
