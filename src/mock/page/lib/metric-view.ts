/** What an answer with metrics says, joined with what was asked for. */
import { toCell, type Cell } from './cell.ts';
import { field, inWords, isObject, parsed, stringified, type Json } from './wire.ts';

export interface Series {
  readonly name: string;
  readonly cells: readonly Cell[];
}

export type MetricShape =
  | {
      readonly kind: 'number';
      readonly value: Cell;
      readonly comparison: Comparison | null;
      readonly trend: readonly Cell[];
    }
  | { readonly kind: 'chart'; readonly labels: readonly Cell[]; readonly series: readonly Series[] }
  | {
      readonly kind: 'table';
      readonly headers: readonly string[];
      readonly rows: readonly (readonly Cell[])[];
    }
  | { readonly kind: 'failure'; readonly type: string; readonly message: string }
  | { readonly kind: 'warning' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'null' }
  | { readonly kind: 'raw'; readonly text: string };

export interface Comparison {
  readonly value: Cell;
  readonly difference: Cell;
  readonly absolute: Cell;
  readonly direction: 'up' | 'down' | 'same' | null;
}

export interface MetricView {
  readonly id: string;
  /** The reference key, or null for a result that nobody asked for. */
  readonly key: string | null;
  readonly component: string;
  readonly warning: string | null;
  readonly shape: MetricShape;
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const texts = (value: unknown): string[] =>
  list(value).map((one) => {
    const name = isObject(one)
      ? (field(one, 'title') ?? field(one, 'name') ?? field(one, 'text') ?? field(one, 'field'))
      : one;
    return typeof name === 'string' || typeof name === 'number' ? String(name) : '';
  });

const comparison = (result: Json, value: Cell): Comparison | null => {
  const found = field(result, 'comparison');
  if (!isObject(found)) return null;
  const before = toCell(field(found, 'values'));
  const difference = toCell(field(found, 'difference'));
  const absolute = toCell(field(found, 'absoluteDifference'));
  if ([before, difference, absolute].every(({ kind }) => kind === 'null')) return null;
  const bare = value.value !== null && before.value !== null ? value.value - before.value : null;
  const change = absolute.value ?? difference.value ?? bare;
  const direction = change === null ? null : change > 0 ? 'up' : change < 0 ? 'down' : 'same';
  return { value: before, difference, absolute, direction };
};

const number = (result: Json): MetricShape => {
  const values = field(result, 'values');
  const alone = Array.isArray(values) && values.length === 1 ? (values[0] as unknown) : values;
  if (Array.isArray(alone) || isObject(alone)) return raw(result);
  const value = toCell(alone);
  const trend = field(result, 'trend');
  const course = isObject(trend) ? list(field(trend, 'data')).map(toCell) : [];
  return { kind: 'number', value, comparison: comparison(result, value), trend: course };
};

const chart = (result: Json, names: readonly string[]): MetricShape => {
  const [labels, values] = [field(result, 'labels'), field(result, 'values')];
  if (!Array.isArray(labels) || !Array.isArray(values) || !values.every(isObject))
    return raw(result);
  const series = values.map((one: Json, index): Series => {
    const name = field(one, 'name');
    const known = values.length === 1 || names.length === values.length ? names[index] : undefined;
    return {
      name: typeof name === 'string' && name ? name : (known ?? `series ${index + 1}`),
      cells: list(field(one, 'data')).map(toCell),
    };
  });
  return { kind: 'chart', labels: labels.map(toCell), series };
};

const table = (result: Json, names: readonly string[]): MetricShape => {
  const values = field(result, 'values');
  if (!Array.isArray(values) || !values.every(Array.isArray)) return raw(result);
  const own = texts(field(result, 'headers'));
  const rows = values.map((row: readonly unknown[]) => row.map(toCell));
  return { kind: 'table', headers: own.some(Boolean) ? own : names, rows };
};

const raw = (result: unknown): MetricShape => ({
  kind: 'raw',
  text: stringified(result),
});

const shapeOf = (result: unknown, component: string, query: Json): MetricShape => {
  if (result === undefined) return { kind: 'missing' };
  if (result === null) return { kind: 'null' };
  if (!isObject(result)) return raw(result);
  const [type, message, warning] = ['type', 'message', 'warning'].map((name) =>
    field(result, name),
  );
  if (!Object.hasOwn(result, 'values')) {
    if (typeof message === 'string') {
      return { kind: 'failure', type: typeof type === 'string' ? type : '', message };
    }
    if (typeof warning === 'string') return { kind: 'warning' };
    return raw(result);
  }
  const metrics = texts(field(query, 'metrics'));
  if (component === 'number_v1') return number(result);
  if (component === 'chart_v1') return chart(result, metrics);
  if (component === 'datatable_v1') {
    return table(result, [...texts(field(query, 'dimensions')), ...metrics]);
  }
  return raw(result);
};

const warningOf = (result: unknown): string | null => {
  const warning = isObject(result) ? field(result, 'warning') : undefined;
  return typeof warning === 'string' ? warning : null;
};

/** The results by id: bare, or inside `data`. */
const unwrap = (answer: Json, ids: readonly string[]): Json => {
  const inner = field(answer, 'data');
  return isObject(inner) && !ids.includes('data') ? inner : answer;
};

/** One view a query, in their order, then results that nobody asked for. Empty if it is no such answer. */
export const metricViews = (requestBody: string, responseBody: string): readonly MetricView[] => {
  const [request, answer] = [parsed(requestBody), parsed(responseBody)];
  if (!isObject(request) || !isObject(answer)) return [];
  const queries = list(field(request, 'metrics')).filter(isObject);
  if (queries.length === 0) return [];
  const idOf = (query: Json): string => inWords(field(query, 'id') ?? '');
  const ids = queries.map(idOf);
  const results = unwrap(answer, ids);
  const asked = queries.map((query): MetricView => {
    const id = idOf(query);
    const component = inWords(field(query, 'component') ?? '');
    const result = field(results, id);
    const key = inWords(field(query, 'reference_key') ?? '');
    return {
      id,
      key,
      component,
      warning: warningOf(result),
      shape: shapeOf(result, component, query),
    };
  });
  const others = Object.entries(results)
    .filter(([id]) => !ids.includes(id))
    .map(([id, result]): MetricView => ({
      id,
      key: null,
      component: '',
      warning: warningOf(result),
      shape: shapeOf(result, '', {}),
    }));
  return [...asked, ...others];
};
