import { ConfigError, DecodeError } from '../../http/errors.ts';
import { type Fields, isObject } from '../../http/is-object.ts';
import type { OtherComponent, Query, WireQuery } from '../queries/query.ts';
import type { StandardIssue, StandardSchema } from '../queries/standard-schema.ts';
import { decodeChart } from './chart.ts';
import { failureOf } from './failure.ts';
import type { AnyResult, Comparison, MetricFailure, NumberResult } from './results.ts';
import { decodeTable } from './table.ts';
import { number, numbers, unfit } from './values.ts';

/** Some numbers come in a list of one. */
const single = (value: unknown): unknown =>
  Array.isArray(value) && value.length <= 1 ? value[0] : value;

const comparison = (value: unknown, path: string): Comparison | null => {
  if (!isObject(value)) return null;
  const decoded = {
    value: number(single(value.values), `${path}.values`),
    difference: number(value.difference, `${path}.difference`),
    absoluteDifference: number(value.absoluteDifference, `${path}.absoluteDifference`),
  };
  return Object.values(decoded).every((part) => part === null) ? null : decoded;
};

const decodeNumber = (answer: Fields, path: string): NumberResult => ({
  component: 'number_v1',
  value: number(single(answer.values), `${path}.values`),
  comparison: comparison(answer.comparison, `${path}.comparison`),
  ...(isObject(answer.trend) && Array.isArray(answer.trend.data)
    ? { trend: numbers(answer.trend.data, `${path}.trend.data`) }
    : {}),
});

type Decoder = (answer: Fields, path: string, query: WireQuery) => AnyResult;

const decoders: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ['number_v1', decodeNumber],
  ['chart_v1', decodeChart],
  ['datatable_v1', decodeTable],
]);

const pathOf = (name: string, path: StandardIssue['path'] = []): string =>
  [name, ...path.map((part) => String(typeof part === 'object' ? part.key : part))].join('.');

const validated = (name: string, schema: StandardSchema, answer: unknown) => {
  try {
    return schema['~standard'].validate(answer);
  } catch (cause) {
    throw new DecodeError(`${name} made its schema throw`, { cause });
  }
};

const checked = (name: string, { schema, wire }: Query, answer: unknown): AnyResult => {
  const component = wire.component as OtherComponent;
  if (schema === undefined) return { component, data: answer };
  const outcome = validated(name, schema, answer);
  if (outcome instanceof Promise) {
    // Nobody waits for it any more.
    outcome.catch(() => {});
    throw new ConfigError(`the schema of ${name} must check at once, without a promise`);
  }
  const issue = outcome.issues?.[0];
  if (issue !== undefined) throw unfit(pathOf(name, issue.path), `what its schema wants`);
  return { component, data: (outcome as { readonly value: unknown }).value };
};

/**
 * One metric's answer, or why there is none. A failure or a missing value never becomes 0.
 *
 * @throws DecodeError, naming query and path, for what is neither.
 * @throws ConfigError for a schema that answers with a promise.
 */
export const decodeMetric = (
  name: string,
  query: Query,
  answer: unknown,
): AnyResult | MetricFailure => {
  const decode = decoders.get(query.wire.component);
  const failure = failureOf(answer, decode !== undefined);
  if (failure !== undefined) return failure;
  if (decode === undefined) return checked(name, query, answer);
  if (!isObject(answer)) throw unfit(name, 'an object');
  const decoded = decode(answer, name, query.wire);
  const { warning } = answer;
  return typeof warning === 'string' ? Object.assign(decoded, { warning }) : decoded;
};
