import type { components } from '../../../generated/emulator.ts';
import type { Clock } from '../clock.ts';
import { toMs } from '../durations.ts';
import type { Events } from '../events.ts';
import type { Report } from '../report.ts';
import type { Settings } from '../settings.ts';
import { corrupted } from './corrupt.ts';
import { post } from './post.ts';
import { lookupFor } from './target.ts';

type Schemas = components['schemas'];
export type Webhook = Schemas['Webhook'];
export type WebhookSummary = Schemas['WebhookSummary'];
export type WebhookFault = Schemas['WebhookFault'];

/** A webhook to be sent. */
export interface Order {
  readonly url: string;
  readonly body: string;
  readonly fault: WebhookFault | undefined;
}

/** When to send it, seen from the answer to the request that asked for it. */
export interface Promised {
  /** Settles when a webhook that has to be early was sent; the answer waits for it. */
  readonly before?: Promise<void>;
  /** To be called when the answer is out, with the request's number; until then the webhook is pending. */
  readonly after: (requestId: number) => void;
}

/** What was promised, what became of it, and what is under way. */
export interface Webhooks {
  readonly promise: (order: Order) => Promised;
  /** Oldest first. */
  readonly list: () => readonly WebhookSummary[];
  readonly get: (id: number) => Webhook | undefined;
  /** Sends one again at once, whatever became of it. */
  readonly redeliver: (id: number) => Webhook | undefined;
  readonly pending: () => number;
  /** Resolves when nothing is pending. */
  readonly idle: () => Promise<void>;
  /** Calls off what is pending, and forgets all. */
  readonly reset: () => void;
  readonly close: () => void;
}

export interface WebhookOptions {
  readonly clock: Clock;
  readonly settings: () => Settings;
  /** Hosts beyond this machine to which webhooks may go. */
  readonly allowed: readonly string[];
  readonly events: Events;
  readonly report: (report: Report) => void;
}

interface Job {
  shown: Omit<Webhook, 'body'>;
  readonly url: URL;
  readonly body: string;
  tries: number;
  cancel: () => void;
  /** To be called after the first attempt. */
  tried: () => void;
}

const MAX_JOBS = 1_000;
const FIRST_WAIT_MS = 500;
const LONGER = 4;

export function createWebhooks(options: WebhookOptions): Webhooks {
  const { clock, settings, allowed, events, report } = options;
  let jobs: Job[] = [];
  let made = 0;
  let stop = new AbortController();
  let waiting: (() => void)[] = [];

  const pending = (): number => jobs.filter(({ shown }) => shown.state === 'pending').length;

  const change = (job: Job, changes: Partial<WebhookSummary>): void => {
    job.shown = { ...job.shown, ...changes };
    events.emit({ type: 'webhook', data: job.shown });
    if (pending() > 0) return;
    for (const resolve of waiting.splice(0)) resolve();
  };

  const create = ({ url, body, fault }: Order, note: string | null): Job => {
    made += 1;
    const target = new URL(url);
    const text = corrupted(body, fault?.corrupt);
    const job: Job = {
      shown: {
        id: made,
        requestId: 0,
        // No more of it: whoever knows the rest of the URL can post to it.
        target: target.origin,
        state: 'pending',
        createdAt: clock.now().toISOString(),
        dueAt: null,
        note,
        bytes: Buffer.byteLength(text),
        attempts: [],
      },
      url: target,
      body: text,
      tries: 0,
      cancel: () => undefined,
      tried: () => undefined,
    };
    jobs.push(job);
    if (jobs.length > MAX_JOBS) {
      const oldest = jobs.findIndex(({ shown }) => shown.state !== 'pending');
      if (oldest !== -1) jobs.splice(oldest, 1);
    }
    return job;
  };

  const sendIn = (job: Job, ms: number): void => {
    const due = new Date(clock.now().getTime() + ms).toISOString();
    change(job, { state: 'pending', dueAt: ms === 0 ? null : due });
    if (ms === 0) void send(job);
    else job.cancel = clock.schedule(ms, () => void send(job));
  };

  const send = async (job: Job): Promise<void> => {
    const name = job.url.origin;
    const lookup = lookupFor(job.url, allowed);
    if (!lookup) {
      const text = `webhook to ${name} not sent: only targets on this machine (localhost, 127.0.0.1) are, and hosts that were allowed by name`;
      report({ kind: 'problem', text });
      job.tried();
      return change(job, { state: 'refused', dueAt: null, note: text });
    }
    const { signal } = stop;
    const at = clock.now().toISOString();
    const begun = performance.now();
    const outcome = await post(job.url, job.body, lookup, signal).then(
      (status) => ({ status, error: null }),
      (error: Error) => ({ status: null, error: error.message }),
    );
    if (signal.aborted) return;
    const { status, error } = outcome;
    const ms = Math.round((performance.now() - begun) * 10) / 10;
    const attempts = [...job.shown.attempts, { at, ...outcome, ms }];
    const delivered = status !== null && status >= 200 && status < 300;
    const again = !delivered && job.tries < settings().webhookRetries;
    const wait = FIRST_WAIT_MS * LONGER ** job.tries;
    job.tries += 1;
    job.tried();
    const what = error === null ? `answered ${status}` : `failed: ${error}`;
    const text = `webhook to ${name} ${what}${again ? `, again in ${wait} ms` : ''}`;
    report({ kind: delivered ? 'note' : 'problem', text });
    change(job, {
      attempts,
      dueAt: null,
      state: delivered ? 'delivered' : again ? 'pending' : 'failed',
    });
    if (again) sendIn(job, wait);
  };

  const reset = (): void => {
    stop.abort();
    stop = new AbortController();
    for (const { cancel, tried } of jobs) {
      cancel();
      tried();
    }
    jobs = [];
    for (const resolve of waiting.splice(0)) resolve();
  };

  return {
    promise: (order) => {
      const { early = false, times = 1, delay = 0 } = order.fault ?? {};
      const note = noteOf(order.fault);
      const copies = Array.from({ length: times }, () => create(order, note));
      const wait = toMs(settings().webhookDelay) + toMs(delay);
      const start = (): void => {
        // Not those that were called off meanwhile.
        for (const job of copies) if (jobs.includes(job)) sendIn(job, wait);
      };
      const link = (requestId: number): void => {
        for (const job of copies) job.shown = { ...job.shown, requestId };
      };
      if (!early) {
        return {
          after: (requestId) => {
            link(requestId);
            start();
          },
        };
      }
      const sent = copies.map((job) => new Promise<void>((resolve) => (job.tried = resolve)));
      start();
      return { before: Promise.all(sent).then(() => undefined), after: link };
    },
    list: () => jobs.map(({ shown }) => shown),
    get: (id) => {
      const job = jobs.find(({ shown }) => shown.id === id);
      return job && { ...job.shown, body: job.body };
    },
    redeliver: (id) => {
      const job = jobs.find(({ shown }) => shown.id === id);
      if (!job) return undefined;
      job.cancel();
      job.tries = 0;
      sendIn(job, 0);
      return { ...job.shown, body: job.body };
    },
    pending,
    idle: () =>
      new Promise((resolve) => {
        if (pending() === 0) resolve();
        else waiting.push(resolve);
      }),
    reset,
    close: reset,
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
