import { byField } from './contract/failures.ts';
import type { Violation } from './contract/validate.ts';
import { printable, type Answer, type Reply } from './exchange.ts';
import { deliveryOf, extraHeaders, malformed } from './faults/effects.ts';
import type { Exchange } from './journal.ts';
import type { Fault } from './schemas.ts';

export const JSON_TYPE = { 'content-type': 'application/json' } as const;

/** An answer, and what the journal should know of how it came about. */
export interface Made {
  readonly reply: Reply;
  readonly source: Exchange['source'];
  readonly violations?: Exchange['violations'];
}

/** A reply as it goes out. */
export function written({ status, body, headers = {} }: Reply): Answer {
  // A text is sent as it is: it is a fault's, or another server's.
  if (typeof body === 'string') {
    return { status, headers: { 'content-type': typeOf(body), ...headers }, body };
  }
  const text = body === undefined ? '' : JSON.stringify(body);
  return { status, headers: { ...JSON_TYPE, ...headers }, body: text };
}

/** What a text looks like. */
function typeOf(text: string): string {
  if (/^\s*</.test(text)) return 'text/html; charset=utf-8';
  return /^\s*[[{]/.test(text) ? JSON_TYPE['content-type'] : 'text/plain; charset=utf-8';
}

/** A reply with what a fault does to it on its way. */
export function finished(reply: Reply, fault: Fault | undefined): Answer {
  const answer = written(reply);
  if (!fault) return answer;
  const text = typeof answer.body === 'string' ? answer.body : '';
  return {
    ...answer,
    headers: { ...answer.headers, ...extraHeaders(fault) },
    body: fault.malformed === true ? malformed(text) : answer.body,
    delivery: deliveryOf(fault),
  };
}

/** Longer than what lists the values of a field. */
const MAX_REASON = 1_000;

/** Why a call was not the success that its client wanted, in words, or null. */
export function reasonOf({ status, body }: Reply, dropped: string | undefined): string | null {
  if (dropped !== undefined) return DROPPED[dropped] ?? dropped;
  if (typeof body !== 'object' || body === null) return status < 400 ? null : `status ${status}`;
  const { message, response, status: outcome } = body as Readonly<Record<string, unknown>>;
  if (status < 400 && outcome !== 'failure') return null;
  const text = outcome === 'failure' ? response : message;
  return typeof text === 'string' ? printable(text, MAX_REASON) : `status ${status}`;
}

const DROPPED: Readonly<Record<string, string>> = {
  reset: 'connection reset before the call was carried out',
  'lose-answer': 'connection reset after the call was carried out',
  'cut-body': 'connection reset in the middle of the answer',
  hang: 'never answered',
};

/** What breaks the contract, in plain words, and on one line: both may quote what was sent. */
export function described(
  violations: readonly Violation[],
  side: 'request' | 'response' = 'request',
): Exchange['violations'] {
  if (violations.length === 0) return [];
  return [...byField(violations)].map(([field, problem]) => ({
    side,
    field: printable(field),
    problem: printable(problem, MAX_REASON),
  }));
}
