import { LONGEST_TIMER } from './durations.ts';
import type { Events } from './events.ts';
import { fitting } from './journal-filter.ts';
import { redactHeaders, redactText, secretsOf } from './redact.ts';
import type { RequestEntry, RequestFilter, RequestSummary } from './schemas.ts';

/** A request and its answer as they were, with whatever secrets they hold. */
export interface Exchange extends RequestSummary {
  readonly query: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly requestBody: string;
  readonly responseHeaders: Readonly<Record<string, string>>;
  readonly responseBody: string;
  /** How long the bodies were, where one of them was cut. */
  readonly bytes?: { readonly request: number; readonly response: number };
}

export interface Journal {
  readonly add: (exchange: Omit<Exchange, 'id'>) => Exchange;
  readonly get: (id: number) => Exchange | undefined;
  /** Those that fit, oldest first. */
  readonly list: (filter?: RequestFilter) => readonly Exchange[];
  /** Resolves once so many fit; rejects with a sentence when the time is over. */
  readonly waitFor: (
    filter: RequestFilter,
    count: number,
    timeout: number,
  ) => Promise<readonly Exchange[]>;
  readonly clear: () => void;
  /** Ends all waits. */
  readonly close: () => void;
}

/** How much is kept, whichever is reached first. */
const MAX_ENTRIES = 10_000;
const MAX_CHARACTERS = 32 * 1024 * 1024;
/** A longer body is cut. */
const MAX_BODY = 1024 * 1024;

interface Wait {
  /** Whether that was the last one it waited for. */
  readonly offer: (exchange: Exchange) => boolean;
  readonly fail: (reason: string) => void;
}

export function createJournal(events: Events, showSecrets = false): Journal {
  // By their ids, oldest first. Ids have no gaps.
  const entries = new Map<number, Exchange>();
  let oldestId = 1;
  let lastId = 0;
  let characters = 0;
  const waits = new Set<Wait>();

  const list = (filter: RequestFilter = {}): readonly Exchange[] => {
    const fits = fitting(filter);
    return [...entries.values()].filter(fits);
  };

  const dropOldest = (): void => {
    // The latest one stays, however large it is.
    while (oldestId < lastId && (entries.size > MAX_ENTRIES || characters > MAX_CHARACTERS)) {
      const oldest = entries.get(oldestId);
      if (oldest) characters -= sizeOf(oldest);
      entries.delete(oldestId);
      oldestId += 1;
    }
  };

  return {
    add: (draft) => {
      const exchange: Exchange = cut({ ...draft, id: (lastId += 1) });
      entries.set(exchange.id, exchange);
      characters += sizeOf(exchange);
      dropOldest();
      if (events.heard()) events.emit({ type: 'request', data: summaryOf(exchange, showSecrets) });
      for (const wait of waits) if (wait.offer(exchange)) waits.delete(wait);
      return exchange;
    },
    get: (id) => entries.get(id),
    list,
    waitFor: (filter, count, timeout) =>
      new Promise((resolve, reject) => {
        const found = [...list(filter)];
        const fits = fitting(filter);
        const timer = setTimeout(
          () => {
            const noun = count === 1 ? 'request' : 'requests';
            const others = entries.size - found.length;
            const rest = others > 0 ? ` ${others} that did do not fit.` : '';
            fail(`${found.length} of ${count} ${noun} arrived within ${timeout} ms.${rest}`);
          },
          Math.min(timeout, LONGEST_TIMER),
        );
        const enough = (): boolean => {
          if (found.length < count) return false;
          clearTimeout(timer);
          resolve(found);
          return true;
        };
        const offer = (exchange: Exchange): boolean => {
          if (fits(exchange)) found.push(exchange);
          return enough();
        };
        const fail = (reason: string): void => {
          clearTimeout(timer);
          waits.delete(wait);
          reject(new Error(reason));
        };
        const wait: Wait = { offer, fail };
        if (!enough()) waits.add(wait);
      }),
    clear: () => {
      entries.clear();
      characters = 0;
      events.emit({ type: 'changed', data: 'requests' });
    },
    close: () => {
      for (const wait of waits) wait.fail('The emulator was stopped.');
    },
  };
}

function sizeOf(exchange: Exchange): number {
  const { requestBody, responseBody, path, query, reason, violations } = exchange;
  let size = requestBody.length + responseBody.length + path.length + query.length + 1_000;
  size += reason?.length ?? 0;
  for (const { field, problem } of violations) size += field.length + problem.length;
  for (const headers of [exchange.requestHeaders, exchange.responseHeaders]) {
    for (const name in headers) size += name.length + (headers[name]?.length ?? 0);
  }
  return size;
}

function cut(exchange: Exchange): Exchange {
  const { requestBody, responseBody } = exchange;
  if (requestBody.length <= MAX_BODY && responseBody.length <= MAX_BODY) return exchange;
  // Through bytes, because a slice of a text keeps the whole of it in memory.
  const keep = (body: string): string => Buffer.from(body.slice(0, MAX_BODY)).toString();
  return {
    ...exchange,
    requestBody: keep(requestBody),
    responseBody: keep(responseBody),
    bytes: { request: Buffer.byteLength(requestBody), response: Buffer.byteLength(responseBody) },
  };
}

/** What can be told of a request without its headers and bodies. */
export function summaryOf(exchange: Exchange, reveal = false): RequestSummary {
  const { id, at, method, api, operation, status, ms, source, fault } = exchange;
  const clean = cleanerOf(exchange, reveal);
  return {
    id,
    at,
    method,
    path: clean(exchange.path),
    api,
    operation,
    status,
    ms,
    source,
    fault,
    // Both may quote what was sent.
    reason: exchange.reason === null ? null : clean(exchange.reason),
    violations: exchange.violations.map(({ side, field, problem }) => ({
      side,
      field: clean(field),
      problem: clean(problem),
    })),
  };
}

/** All of it, without credentials unless they are asked for. */
export function entryOf(exchange: Exchange, reveal = false): RequestEntry {
  const clean = cleanerOf(exchange, reveal);
  const message = (side: 'request' | 'response'): RequestEntry['request'] => {
    const headers = exchange[`${side}Headers`];
    const body = exchange[`${side}Body`];
    return {
      headers: reveal ? { ...headers } : redactHeaders(headers),
      body: clean(body),
      bytes: exchange.bytes?.[side] ?? Buffer.byteLength(body),
    };
  };
  return {
    ...summaryOf(exchange, reveal),
    query: clean(exchange.query),
    request: message('request'),
    response: message('response'),
  };
}

/** What takes credentials out of a text, unless they are to be shown. */
function cleanerOf({ requestHeaders }: Exchange, reveal: boolean): (text: string) => string {
  if (reveal) return (text) => text;
  const secrets = secretsOf(requestHeaders);
  return (text) => redactText(text, secrets);
}
