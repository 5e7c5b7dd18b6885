import type { Clock } from '../clock.ts';
import { toMs } from '../durations.ts';
import type { Events } from '../events.ts';
import type { Report } from '../report.ts';
import { newJob, type Job, type Order } from './job.ts';
import { post } from './post.ts';
import { lookupFor } from './target.ts';
import type { Settings, Webhook, WebhookSummary } from '../schemas.ts';

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
  /** The same, and takes no more. */
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

const MAX_JOBS = 1_000;
/** One may be sent again as often as anybody likes. */
const MAX_ATTEMPTS = 100;
const FIRST_WAIT_MS = 500;
const LONGER = 4;

export function createWebhooks(options: WebhookOptions): Webhooks {
  const { clock, settings, allowed, events, report } = options;
  let jobs: Job[] = [];
  let made = 0;
  let closed = false;
  let stop = new AbortController();
  let waiting: (() => void)[] = [];

  const find = (id: number): Job | undefined => jobs.find(({ shown }) => shown.id === id);
  const pending = (): number => jobs.filter(({ shown }) => shown.state === 'pending').length;

  const settle = (): void => {
    if (pending() > 0) return;
    const resolves = waiting;
    waiting = [];
    for (const resolve of resolves) resolve();
  };

  const change = (job: Job, changes: Partial<WebhookSummary>): void => {
    job.shown = { ...job.shown, ...changes };
    events.emit({ type: 'webhook', data: job.shown });
    settle();
  };

  const create = (order: Order): Job => {
    made += 1;
    const job = newJob(made, order, clock.now());
    if (closed) return job;
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
    if (ms === 0) return void send(job);
    const moved = (to: Date): void => change(job, { dueAt: to.toISOString() });
    job.cancel = clock.schedule(ms, () => void send(job), moved);
  };

  const refuse = (job: Job): void => {
    const note = `webhook to ${job.url.origin} not sent: only targets on this machine are, and hosts that were allowed by name (--webhook-allow ${job.url.host}, or webhookHosts in code)`;
    report({ kind: 'problem', text: note });
    job.tried();
    change(job, { state: 'refused', dueAt: null, note });
  };

  const send = async (job: Job): Promise<void> => {
    const lookup = lookupFor(job.url, allowed);
    if (!lookup) return refuse(job);
    const { round } = job;
    const { signal } = stop;
    const at = clock.now().toISOString();
    const begun = performance.now();
    const outcome = await post(job.url, job.body, lookup, signal).then(
      (status) => ({ status, error: null }),
      (error: Error) => ({ status: null, error: error.message }),
    );
    if (signal.aborted) return;
    const ms = Math.round((performance.now() - begun) * 10) / 10;
    const attempts = [...job.shown.attempts, { at, ...outcome, ms }].slice(-MAX_ATTEMPTS);
    job.tried();
    if (round !== job.round) return change(job, { attempts });

    const { status, error } = outcome;
    const delivered = status !== null && status >= 200 && status < 300;
    const again = !delivered && job.tries < settings().webhookRetries;
    const wait = FIRST_WAIT_MS * LONGER ** job.tries;
    job.tries += 1;
    const what = error === null ? `answered ${status}` : `failed: ${error}`;
    const text = `webhook to ${job.url.origin} ${what}${again ? `, again in ${wait} ms` : ''}`;
    report({ kind: delivered ? 'note' : 'problem', text });
    const state = delivered ? 'delivered' : again ? 'pending' : 'failed';
    change(job, { attempts, dueAt: null, state });
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
    settle();
  };

  return {
    promise: (order) => {
      const { early = false, times = 1, delay = 0 } = order.fault ?? {};
      const copies = Array.from({ length: times }, () => create(order));
      const wait = toMs(settings().webhookDelay) + toMs(delay);
      // Not those that were called off meanwhile.
      const left = (): readonly Job[] => copies.filter((job) => jobs.includes(job));
      const start = (): void => {
        for (const job of left()) sendIn(job, wait);
      };
      if (!early) {
        return {
          after: (requestId) => {
            for (const job of left()) job.shown = { ...job.shown, requestId };
            start();
          },
        };
      }
      const sent = left().map((job) => new Promise<void>((resolve) => (job.tried = resolve)));
      start();
      return {
        before: Promise.all(sent).then(() => undefined),
        after: (requestId) => {
          for (const job of left()) change(job, { requestId });
        },
      };
    },
    list: () => jobs.map(({ shown }) => shown),
    get: (id) => {
      const job = find(id);
      return job && { ...job.shown, body: job.body };
    },
    redeliver: (id) => {
      const job = find(id);
      if (!job) return undefined;
      job.cancel();
      job.tries = 0;
      job.round += 1;
      sendIn(job, 0);
      return { ...job.shown, body: job.body };
    },
    pending,
    idle: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        settle();
      }),
    reset,
    close: () => {
      closed = true;
      reset();
    },
  };
}
