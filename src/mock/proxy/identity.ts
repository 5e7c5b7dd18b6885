import type { ReadRequest } from '../contract/request.ts';
import { redactText, secretsOf } from '../redact.ts';

/** What a request is known by among recordings. */
export interface Identity {
  /** The same for requests that ask for the same, without credentials. */
  readonly key: string;
  /** The ids of its metrics in their order: every request makes new ones. */
  readonly ids: readonly string[];
}

export function identify(operation: string, { url, headers, body }: ReadRequest): Identity {
  const metrics = metricsOf(body);
  const ids = metrics.map(({ id }) => String(id));
  const asked =
    metrics.length === 0
      ? body
      : { ...(body as object), metrics: metrics.map((one, i) => ({ ...one, id: i })) };
  const query = Object.entries(url.query).toSorted(byName);
  const key = JSON.stringify([operation, url.path, query, sorted(asked)]);
  return { key: redactText(key, secretsOf(headers)), ids };
}

interface Metric {
  readonly id?: unknown;
}

function metricsOf(body: unknown): readonly Metric[] {
  const metrics = (body as { readonly metrics?: unknown } | null | undefined)?.metrics;
  return Array.isArray(metrics) ? metrics.map((one: Metric | null) => one ?? {}) : [];
}

/** New with every request: an answer would never be found again. */
const PASSING: ReadonlySet<string> = new Set(['event_id', 'event_at', 'metrics_webhook_url']);

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([name]) => !PASSING.has(name));
  return Object.fromEntries(fields.toSorted(byName).map(([name, part]) => [name, sorted(part)]));
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : a > b ? 1 : 0;

/** An answer with numbers in place of the ids that it names its results by. */
export function withoutIds(json: string, ids: readonly string[]): string {
  if (ids.length === 0) return json;
  const numbers = new Map(ids.map((id, i) => [id, i]));
  return json.replace(/"([^"\\]+)"(?=\s*:)/g, (all, name: string) => {
    const number = numbers.get(name);
    return number === undefined ? all : `"$metric-${number}"`;
  });
}

/** The same answer for a request with other ids. */
export function withIds(json: string, ids: readonly string[]): string {
  return json.replace(/"\$metric-(\d+)"(?=\s*:)/g, (all, i: string) => {
    const id = ids[Number(i)];
    return id === undefined ? all : JSON.stringify(id);
  });
}
