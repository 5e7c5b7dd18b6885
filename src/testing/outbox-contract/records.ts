import type { UsageRecord } from '../../tracker/record.ts';

/** A record as a tracker makes it. */
export const anEvent = (at: number, note: string = ''): UsageRecord => {
  const id = crypto.randomUUID();
  const payload = {
    source: 'PRODUCT_CLOUD',
    activity_type: 'login',
    product_id: 'studio',
    user_id: 'jo@example.com',
    user_id_type: 'EMAIL',
    event_at: Math.floor(at / 1_000),
    event_id: id,
    meta: { note },
  };
  return { id, kind: 'event', calls: 1, at, payload: JSON.stringify(payload) };
};

/** The sealed count of a window. */
export const aCount = (
  at: number,
  calls: number,
  id: string = crypto.randomUUID(),
): UsageRecord => {
  const payload = {
    mode: 'DOMAIN',
    source: 'PRODUCT_CLOUD',
    activity_type: 'build',
    product_id: 'studio',
    domain: 'example.com',
    user_id: '',
    user_id_type: '',
    event_at: Math.floor(at / 1_000),
    event_id: id,
    count: calls,
  };
  return { id, kind: 'count', calls, at, payload: JSON.stringify(payload) };
};

const lengthOf = (text: string): number => anEvent(0, text).payload.length;

/** Lengths at which something else begins, in characters of a payload. */
const edges = [2 ** 8, 2 ** 10, 2 ** 12, 2 ** 14, 2 ** 16].flatMap((n) => [n - 1, n, n + 1]);

/** What is likely to be stored wrong: characters of every width, and payloads with lengths at the edges. */
export const strangeTexts: readonly string[] = [
  '',
  ' ',
  '\0',
  '\n\r\t',
  '"\\',
  '\u007f\u0080\u00ff',
  '\u2028\u2029\ufeff',
  '𝒜👩‍👩‍👧 \u200f',
  '\ud83d',
  'é',
  'e\u0301',
  'é'.repeat(1_000),
  '€'.repeat(1_000),
  ...edges.map((length) => 'x'.repeat(Math.max(0, length - lengthOf('')))),
  'ü'.repeat(300_000),
];
