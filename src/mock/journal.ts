import type { components, operations } from '../../generated/emulator.ts';
import type { Events } from './events.ts';
import { redactHeaders, redactText, secretsOf } from './redact.ts';

type Schemas = components['schemas'];
export type RequestSummary = Schemas['RequestSummary'];
export type RequestEntry = Schemas['RequestEntry'];

/** Which requests: all that fit every field. */
export type RequestFilter = Omit<
  NonNullable<operations['listRequests']['parameters']['query']>,
  'limit' | 'view' | 'wait_for' | 'timeout'
>;

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
  /** The id that the next one gets. */
  readonly nextId: () => number;
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

export function createJournal(events: Events): Journal {
  let entries: Exchange[] = [];
  let first = 0;
  let characters = 0;
  let lastId = 0;
  const waits = new Set<Wait>();

  const list = (filter: RequestFilter = {}): readonly Exchange[] => {
    const fits = fitting(filter);
    return entries.slice(first).filter(fits);
  };

  const dropOldest = (): void => {
    while (entries.length - first > MAX_ENTRIES || characters > MAX_CHARACTERS) {
      const oldest = entries[first];
      if (!oldest || entries.length - first === 1) return;
      characters -= sizeOf(oldest);
      // Seldom and in one go: removing from the front of an array moves all the others.
      first += 1;
    }
    if (first > MAX_ENTRIES) {
      entries = entries.slice(first);
      first = 0;
    }
  };

  return {
    add: (draft) => {
      const exchange: Exchange = cut({ ...draft, id: (lastId += 1) });
      entries.push(exchange);
      characters += sizeOf(exchange);
      dropOldest();
      if (events.heard()) events.emit({ type: 'request', data: summaryOf(exchange) });
      for (const wait of waits) if (wait.offer(exchange)) waits.delete(wait);
      return exchange;
    },
    // Ids have no gaps, so an id tells the place.
    get: (id) => entries[first + id - (entries[first]?.id ?? 0)],
    list,
    waitFor: (filter, count, timeout) =>
      new Promise((resolve, reject) => {
        const found = [...list(filter)];
        const fits = fitting(filter);
        const timer = setTimeout(() => {
          const noun = count === 1 ? 'request' : 'requests';
          fail(`${found.length} of ${count} ${noun} arrived within ${timeout} ms.`);
        }, timeout);
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
      entries = [];
      first = 0;
      characters = 0;
      events.emit({ type: 'changed', data: 'requests' });
    },
    nextId: () => lastId + 1,
    close: () => {
      for (const wait of waits) wait.fail('The emulator was stopped.');
    },
  };
}

const sizeOf = ({ requestBody, responseBody }: Exchange): number =>
  requestBody.length + responseBody.length + 1_000;

function cut(exchange: Exchange): Exchange {
  const { requestBody, responseBody } = exchange;
  if (requestBody.length <= MAX_BODY && responseBody.length <= MAX_BODY) return exchange;
  const keep = (body: string): string => body.slice(0, MAX_BODY);
  return {
    ...exchange,
    requestBody: keep(requestBody),
    responseBody: keep(responseBody),
    bytes: { request: Buffer.byteLength(requestBody), response: Buffer.byteLength(responseBody) },
  };
}

function fitting(filter: RequestFilter): (exchange: Exchange) => boolean {
  const { after, api, operation, method, path, status, violations, text } = filter;
  const wanted = text?.toLowerCase();
  return (one) =>
    (after === undefined || one.id > after) &&
    (api === undefined || one.api === api) &&
    (operation === undefined || one.operation === operation) &&
    (method === undefined || one.method === method.toUpperCase()) &&
    (path === undefined || one.path.startsWith(path)) &&
    (status === undefined || statusFits(status, one.status)) &&
    (violations === undefined || one.violations.length > 0 === violations) &&
    (wanted === undefined ||
      [one.path, one.requestBody, one.responseBody].some((part) =>
        part.toLowerCase().includes(wanted),
      ));
}

const statusFits = (wanted: string | number, status: number | null): boolean =>
  String(wanted).endsWith('xx')
    ? String(status).startsWith(String(wanted).charAt(0))
    : String(status) === String(wanted);

/** What can be told of a request without its headers and bodies. */
export function summaryOf(exchange: Exchange): RequestSummary {
  const { id, at, method, path, api, operation, status, ms, source, fault, reason, violations } =
    exchange;
  return { id, at, method, path, api, operation, status, ms, source, fault, reason, violations };
}

/** All of it, without credentials unless they are asked for. */
export function entryOf(exchange: Exchange, reveal = false): RequestEntry {
  const secrets = reveal ? [] : secretsOf(exchange.requestHeaders);
  const clean = (text: string): string => (reveal ? text : redactText(text, secrets));
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
    ...summaryOf(exchange),
    query: clean(exchange.query),
    request: message('request'),
    response: message('response'),
  };
}
