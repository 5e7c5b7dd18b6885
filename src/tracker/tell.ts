import type diagnostics from 'node:diagnostics_channel';
import type { TrackerHooks } from './options.ts';

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

/** Tells hooks and subscribers. Never throws. */
export type Tell = <Name extends keyof Told>(name: Name, told: Told[Name]) => void;

/** What is lost in silence unless somebody is told of it. */
const warnings: { readonly [Name in keyof TrackerHooks]?: string } = {
  dropped: 'usage was given up without having been sent',
  dead: 'the API refused a usage record while it took others',
  held: 'no usage record gets through until somebody mends something',
  degraded: 'the outbox on disk cannot be used: usage is kept in memory only',
};

interface Host {
  readonly process?: {
    readonly emitWarning?: (text: string, options: { type: string; code: string }) => void;
    readonly getBuiltinModule?: (name: string) => typeof diagnostics | undefined;
  };
}

const host = globalThis as Host;

const warn = (name: keyof TrackerHooks, told: unknown): void => {
  const { reason } = told as { readonly reason?: string };
  const why = reason === undefined ? '' : ` (${reason})`;
  const text = `tallywire: ${warnings[name]}${why}. Give hooks.${name} to be told each time.`;
  if (host.process?.emitWarning === undefined) console.warn(text);
  else {
    const code = `TALLYWIRE_${name.toUpperCase()}`;
    host.process.emitWarning(text, { type: 'TallywireWarning', code });
  }
};

const ignore = (): void => {};

const safely = (call: () => unknown): void => {
  try {
    const result = call();
    if (typeof result === 'object' && result !== null) Promise.resolve(result).catch(ignore);
  } catch {
    // A hook is its owner's concern.
  }
};

/**
 * Tells the hooks, and whoever listens on the diagnostics channels `tallywire.tracker.<name>`: they
 * get `{ tracker, ...told }`.
 */
export const createTell = (hooks: TrackerHooks, tracker: () => object): Tell => {
  const channels = host.process?.getBuiltinModule?.('node:diagnostics_channel');
  const warned = new Set<string>();
  const byName = new Map<string, { hasSubscribers: boolean; publish: (message: object) => void }>();

  const channelOf = (name: string) => {
    let channel = byName.get(name);
    if (channel === undefined && channels !== undefined) {
      channel = channels.channel(`tallywire.tracker.${name}`);
      byName.set(name, channel);
    }
    return channel;
  };

  const tellHook = (name: keyof TrackerHooks, told: unknown): void => {
    const hook = hooks[name] as ((told: unknown) => unknown) | undefined;
    if (hook !== undefined) {
      safely(() => hook.call(hooks, told));
    } else if (name in warnings && !warned.has(name)) {
      warned.add(name);
      safely(() => warn(name, told));
    }
  };

  return (name, told) => {
    const channel = channelOf(name);
    if (channel?.hasSubscribers) {
      channel.publish({ tracker: tracker(), ...(told as object | undefined) });
    }
    if (name !== 'attempt') tellHook(name, told);
  };
};
