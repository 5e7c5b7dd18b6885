import * as http from 'node:http';
import * as https from 'node:https';
import type { Report } from './report.ts';

/** The deliveries that are under way. */
export interface Webhooks {
  /**
   * Promises a delivery, which starts when the returned function is called; until then it
   * counts as pending. A target that is not on this machine is refused here, and reported.
   */
  readonly prepare: (url: string, body: string) => () => void;
  /** Resolves when nothing is pending. */
  readonly idle: () => Promise<void>;
  /** Drops what is pending. */
  readonly close: () => void;
}

const TIMEOUT_MS = 10_000;

export function createWebhooks(report: (report: Report) => void): Webhooks {
  const pending = new Map<Promise<void>, () => void>();
  const stop = new AbortController();

  const prepare = (url: string, body: string): (() => void) => {
    const target = new URL(url);
    // No more of it: whoever knows the rest of the URL can post to it.
    const name = target.origin;
    if (!isLoopback(target.hostname)) {
      const text = `webhook to ${name} not sent: only targets on this machine (localhost, 127.0.0.1) are`;
      report({ kind: 'problem', text });
      return () => undefined;
    }

    const gate = newGate();
    const delivery = gate.opened
      .then(() => post(target, body, stop.signal))
      .then(
        (status) => report({ kind: 'note', text: `webhook to ${name} answered ${status}` }),
        (error: Error) => {
          if (stop.signal.aborted) return;
          report({ kind: 'problem', text: `webhook to ${name} failed: ${error.message}` });
        },
      )
      .finally(() => pending.delete(delivery));
    pending.set(delivery, gate.open);
    return gate.open;
  };

  return {
    prepare,
    idle: async () => {
      while (pending.size > 0) await Promise.all(pending.keys());
    },
    close: () => {
      stop.abort();
      // Started too, or those whose answer never went out would stay pending.
      for (const start of pending.values()) start();
    },
  };
}

/** A promise and what resolves it; `Promise.withResolvers` is not on Node 20. */
function newGate(): { readonly opened: Promise<void>; readonly open: () => void } {
  const gate = {} as { open: () => void };
  const opened = new Promise<void>((resolve) => (gate.open = resolve));
  return { opened, open: gate.open };
}

const LOOPBACK = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/** Names of this machine. No other name is looked up, since its owner decides what it resolves to. */
function isLoopback(hostname: string): boolean {
  return /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/**
 * Posts JSON and returns the status. Redirects are not followed: they would lead the body, and
 * this process, to another host.
 */
function post(target: URL, body: string, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const client = target.protocol === 'https:' ? https : http;
    const request = client.request(
      target,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
        // Whatever the machine's resolver says, a loopback name stays on the machine.
        lookup: (_hostname, { all }, callback) =>
          all ? callback(null, LOOPBACK) : callback(null, '127.0.0.1', 4),
      },
      (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}
