import { appendFileSync, readFileSync } from 'node:fs';
import type { ReadRequest } from '../contract/request.ts';
import type { Reply } from '../exchange.ts';
import { redactText, secretsOf } from '../redact.ts';
import type { Report } from '../report.ts';

/** Answers of the real APIs, to be given again. */
export interface Recordings {
  readonly find: (operation: string, request: ReadRequest) => Reply | undefined;
  readonly record: (operation: string, request: ReadRequest, reply: Reply) => void;
}

/** One line of a file of recordings. */
interface Recording {
  readonly version: 1;
  readonly operation: string;
  /** What tells requests apart; metric ids, which every request makes anew, are numbered in it. */
  readonly key: string;
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    /** With the numbers of the metrics in place of their ids. */
    readonly body: string;
  };
}

export interface RecordingFiles {
  /** Where to write answers, one a line, after those that are there. */
  readonly record: string | undefined;
  /** Where to read answers from. */
  readonly replay: string | undefined;
}

/**
 * Answers in files. What is written holds no keys, nor tokens that are shown once.
 *
 * @throws Error with a sentence for people if the file cannot be read.
 */
export function createRecordings(
  files: RecordingFiles,
  report: (report: Report) => void,
): Recordings {
  const known = new Map(readRecordings(files.replay).map((one) => [one.key, one.response]));

  return {
    find: (operation, request) => {
      const { key, ids } = identify(operation, request);
      const found = known.get(key);
      return found && { ...found, body: withIds(found.body, ids) };
    },
    record: (operation, request, { status, headers = {}, body }) => {
      if (files.record === undefined) return;
      const { key, ids } = identify(operation, request);
      const secrets = secretsOf(request.headers);
      const text = withoutIds(typeof body === 'string' ? body : '', ids);
      const response = { status, headers: shownHeaders(headers), body: redactText(text, secrets) };
      const line: Recording = { version: 1, operation, key: redactText(key, secrets), response };
      try {
        // Before the answer goes out: a recording that is lost with the process would be missed.
        appendFileSync(files.record, `${JSON.stringify(line)}\n`, { mode: 0o600 });
      } catch (error) {
        const text = `The answer cannot be recorded in ${files.record}: ${(error as Error).message}`;
        report({ kind: 'problem', text });
      }
    },
  };
}

function readRecordings(file: string | undefined): Recording[] {
  if (file === undefined) return [];
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`The recordings cannot be read from ${file}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, i) => {
      const one = parsed(line);
      if (one?.version === 1 && typeof one.key === 'string') return one;
      throw new Error(`Line ${i + 1} of ${file} is no recording`);
    });
}

function parsed(line: string): Recording | undefined {
  try {
    return JSON.parse(line) as Recording;
  } catch {
    return undefined;
  }
}

/** What a request is known by, and the ids of its metrics in their order. */
function identify(
  operation: string,
  { url, body }: ReadRequest,
): { readonly key: string; readonly ids: readonly string[] } {
  const ids = metricIds(body);
  const query = Object.entries(url.query).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const key = JSON.stringify([operation, url.path, query, sorted(body)]);
  return { key: withoutIds(key, ids), ids };
}

function metricIds(body: unknown): readonly string[] {
  const metrics = (body as { readonly metrics?: unknown } | null | undefined)?.metrics;
  if (!Array.isArray(metrics)) return [];
  return metrics.map((one) => String((one as { readonly id?: unknown } | null)?.id));
}

/** New with every request: an answer would never be found again. */
const PASSING: ReadonlySet<string> = new Set(['event_id', 'event_at', 'metrics_webhook_url']);

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([name]) => !PASSING.has(name));
  return Object.fromEntries(
    fields.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, part]) => [name, sorted(part)]),
  );
}

const withoutIds = (text: string, ids: readonly string[]): string =>
  ids.reduce((rest, id, i) => rest.replaceAll(`"${id}"`, `"$metric-${i}"`), text);

const withIds = (text: string, ids: readonly string[]): string =>
  text.replace(/"\$metric-(\d+)"/g, (all, i: string) => {
    const id = ids[Number(i)];
    return id === undefined ? all : JSON.stringify(id);
  });

const KEPT_HEADERS: ReadonlySet<string> = new Set(['content-type', 'retry-after']);

const shownHeaders = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) => KEPT_HEADERS.has(name) || name.startsWith('x-ratelimit-'),
    ),
  );
