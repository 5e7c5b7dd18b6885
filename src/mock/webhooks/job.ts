import { toMs } from '../durations.ts';
import { corrupted } from './corrupt.ts';
import type { Webhook, WebhookFault } from '../schemas.ts';

/** A webhook to be sent. */
export interface Order {
  readonly url: string;
  readonly body: string;
  readonly fault: WebhookFault | undefined;
}

/** A webhook, and what the queue has to know to send it. */
export interface Job {
  shown: Omit<Webhook, 'body'>;
  readonly url: URL;
  readonly body: string;
  /** How often it was tried since it was last asked for. */
  tries: number;
  /** How often it was asked for: an attempt of an earlier time decides nothing any more. */
  round: number;
  cancel: () => void;
  /** To be called after the first attempt. */
  tried: () => void;
}

export function newJob(id: number, { url, body, fault }: Order, createdAt: Date): Job {
  const target = new URL(url);
  const text = corrupted(body, fault?.corrupt);
  return {
    shown: {
      id,
      requestId: 0,
      // No more of it: whoever knows the rest of the URL can post to it.
      target: target.origin,
      state: 'pending',
      createdAt: createdAt.toISOString(),
      dueAt: null,
      note: noteOf(fault),
      bytes: Buffer.byteLength(text),
      attempts: [],
    },
    url: target,
    body: text,
    tries: 0,
    round: 0,
    cancel: () => undefined,
    tried: () => undefined,
  };
}

/** What a fault does to a webhook, in words. */
function noteOf(fault: WebhookFault | undefined): string | null {
  if (!fault) return null;
  const { early, times, delay, corrupt } = fault;
  const parts = [
    early === true ? 'before the answer' : '',
    times === undefined ? '' : `${times} ×`,
    delay === undefined ? '' : `${toMs(delay)} ms late`,
    corrupt ?? '',
  ];
  return `by a fault: ${parts.filter(Boolean).join(', ') || 'unchanged'}`;
}
