import type diagnostics from 'node:diagnostics_channel';
import { isSdkError } from '../http/errors.ts';
import { systemClock, type Clock } from './clock.ts';
import { sum } from './ledger.ts';
import type { TrackerHooks } from './options.ts';
import { createQueue } from './queue.ts';
import { safely } from './safely.ts';
import type { DropReason } from './tally.ts';

/** An attempt to deliver a record, told on the diagnostics channel alone. */
export interface AttemptTold {
  /** The record's. */
  readonly id: string;
  readonly kind: 'event' | 'count';
  readonly durationMs: number;
  /** What became of the record. */
  readonly outcome: 'sent' | 'retry' | 'dead' | 'dropped';
  /** Whether the API may have counted it although no answer said so. */
  readonly ambiguous: boolean;
}

type ToldTo<Hook> = Hook extends (told: infer Told) => unknown ? Told : never;

/** What is told, by its name. */
export type Told = {
  readonly [Name in keyof TrackerHooks]-?: ToldTo<NonNullable<TrackerHooks[Name]>>;
} & { readonly attempt: AttemptTold };

/**
 * Tells hooks and subscribers. Never throws. What a hook does that is itself to be told is told after
 * it: a hundred times at once, then in later turns, so that a hook which tracks what was dropped cannot
 * stop its process.
 */
export type Tell = <Name extends keyof Told>(name: Name, told: Told[Name]) => void;

/** What is lost in silence unless somebody is told of it. */
const warnings: { readonly [Name in keyof TrackerHooks]?: string } = {
  dropped: 'usage was given up without having been sent',
  dead: 'the API refused a usage record while it took others',
  held: 'No usage record gets through until that is mended, and nothing is lost yet',
  degraded: 'the outbox on disk cannot be used: usage is kept in memory only',
};

interface Host {
  readonly process?: {
    readonly emitWarning?: (text: string, options: { type: string; code: string }) => void;
    readonly getBuiltinModule?: (name: string) => typeof diagnostics | undefined;
  };
}

const host = globalThis as Host;

/** Each reason for which something is lost or held up is another loss to be told of. */
const kindOf = (name: keyof TrackerHooks, told: object): string =>
  name === 'dead' || !('reason' in told) ? name : `${name} ${String(told.reason)}`;

/** The keys of a meta may be of users. */
const inMeta = /^meta[.[]/;

/** What is to be mended, in words of ours that hold nothing of a record. */
const causeOf = (name: keyof TrackerHooks, told: object): string => {
  // Why a record died is in words of the API, which may quote the record.
  if (name === 'dead') return '';
  const { reason, detail, error } = told as {
    readonly reason?: string;
    readonly detail?: string;
    readonly error?: unknown;
  };
  const cause = isSdkError(error) ? error.message : inMeta.test(detail ?? '') ? 'meta' : detail;
  const causes = [reason, cause].filter((text) => text !== undefined);
  return causes.join(': ');
};

const warn = (name: keyof TrackerHooks, told: object): void => {
  const cause = causeOf(name, told);
  const what = warnings[name];
  // What is to be mended goes first where there is something.
  const said = name === 'held' ? `${cause}. ${what}` : cause === '' ? what : `${what} (${cause})`;
  const text = `tallywire: ${said}. Give hooks.${name} to be told each time.`;
  if (host.process?.emitWarning === undefined) console.warn(text);
  else {
    const code = `TALLYWIRE_${name.toUpperCase()}`;
    host.process.emitWarning(text, { type: 'TallywireWarning', code });
  }
};

/** So much is told in one turn of what hooks themselves lead to. */
const oneTurn = 100;
/** So much of that waits by itself: further drops are summed by their reasons. */
const mostWaiting = 1_000;

interface Waiting {
  readonly name: keyof Told;
  told: Told[keyof Told];
}

/**
 * Tells the hooks, and whoever listens on the diagnostics channels `tallywire.tracker.<name>`: they
 * get `{ tracker, ...told }`.
 */
export const createTell = (
  given: TrackerHooks | null | undefined,
  tracker: () => object,
  clock: Pick<Clock, 'after'> = systemClock,
): Tell => {
  const hooks = given ?? {};
  const channels = host.process?.getBuiltinModule?.('node:diagnostics_channel');
  const warned = new Set<string>();
  const byName = new Map<string, { hasSubscribers: boolean; publish: (message: object) => void }>();
  /** What was to be told while a hook ran. */
  const waiting = createQueue<Waiting>();
  const summed = new Map<DropReason, Waiting & { told: Told['dropped'] }>();
  let isTelling = false;
  let isScheduled = false;

  const channelOf = (name: string) => {
    let channel = byName.get(name);
    if (channel === undefined && channels !== undefined) {
      channel = channels.channel(`tallywire.tracker.${name}`);
      byName.set(name, channel);
    }
    return channel;
  };

  const warnOnce = (name: keyof TrackerHooks, told: object): void => {
    const kind = kindOf(name, told);
    if (warned.has(kind)) return;
    warned.add(kind);
    safely(() => warn(name, told));
  };

  const tellHook = (name: keyof TrackerHooks, told: unknown): void => {
    const hook = hooks[name] as ((told: unknown) => unknown) | undefined;
    if (hook !== undefined) {
      safely(() => hook.call(hooks, told));
    } else if (name in warnings) {
      warnOnce(name, told ?? {});
    }
  };

  const tellNow: Tell = (name, told) => {
    isTelling = true;
    const channel = channelOf(name);
    if (channel?.hasSubscribers) {
      channel.publish({ tracker: tracker(), ...(told as object | undefined) });
    }
    if (name !== 'attempt') tellHook(name, told);
    isTelling = false;
  };

  const tellLater = (name: keyof Told, told: Told[keyof Told]): void => {
    if (name !== 'dropped' || waiting.size() < mostWaiting) {
      waiting.push({ name, told });
      return;
    }
    const { reason, dropped } = told as Told['dropped'];
    const before = summed.get(reason);
    if (before !== undefined) {
      before.told = { reason, dropped: sum(before.told.dropped, dropped) };
      return;
    }
    const one = { name, told: { reason, dropped } };
    summed.set(reason, one);
    waiting.push(one);
  };

  const tellWaiting = (): void => {
    for (let left = oneTurn; left > 0; left -= 1) {
      const [one] = waiting.take(1);
      if (one === undefined) return;
      if (one.name === 'dropped') {
        const { reason } = one.told as Told['dropped'];
        if (summed.get(reason) === one) summed.delete(reason);
      }
      tellNow(one.name, one.told);
    }
    if (isScheduled || waiting.size() === 0) return;
    isScheduled = true;
    clock.after(1, () => {
      isScheduled = false;
      tellWaiting();
    });
  };

  return (name, told) => {
    if (isTelling) {
      tellLater(name, told);
      return;
    }
    tellNow(name, told);
    // Those of later turns wait for theirs.
    if (!isScheduled) tellWaiting();
  };
};
