import { constants } from 'node:os';
import { type Duration, toMilliseconds } from '../http/duration.ts';
import { ConfigError } from '../http/errors.ts';

/** Whatever is drained: a tracker, or a usage worker. */
export interface Drained {
  /** Takes nothing more. Must not reject. */
  readonly close: (options: { readonly timeout: number }) => Promise<unknown>;
  /** Sends what is pending, and goes on. Must not reject. */
  readonly flush?: ((options: { readonly timeout: number }) => Promise<unknown>) | undefined;
}

/** Options of `drainOnExit`. */
export interface DrainOptions {
  /** Default `['SIGTERM', 'SIGINT']`. */
  readonly signals?: readonly NodeJS.Signals[] | undefined;
  /** The most that the end of the process is put off. Default `'10s'`. */
  readonly timeout?: Duration | undefined;
}

/** Tells our listeners from those of the host, of this copy of the module or of another. */
const ours: unique symbol = Symbol.for('tallywire.drainOnExit') as never;

type Listener = ((signal: NodeJS.Signals) => void) & { readonly [ours]?: true };

const listenersOf = (signal: NodeJS.Signals): readonly Listener[] => process.listeners(signal);

/** How long a signal without a listener takes to end a process that it can end. */
const graceMs = 250;

/** Ends the process as the signal would have done. */
const raise = (signal: NodeJS.Signals): void => {
  process.kill(process.pid, signal);
  // The first process of a container is immune to signals that it does not listen to.
  setTimeout(() => process.exit(128 + constants.signals[signal]), graceMs);
};

/**
 * Drains a tracker before the process ends: when the event loop is empty (`beforeExit`), or a signal asks
 * it to end. Opt-in, since it decides when the process ends:
 *
 * - A signal that nobody else listens to closes the tracker, and is raised again when that is done or the
 *   time is over, so that the process ends by it, with its status. A second signal ends it at once.
 * - A signal that the host listens to is the host's: what is pending is sent meanwhile, the tracker stays
 *   open, and the host ends the process. It should `await tracker.close()` before it calls
 *   `process.exit()`, which nothing can put off; without such a call `beforeExit` closes the tracker.
 *
 * Several trackers may be drained at the same time: the process ends after the last.
 *
 * @returns takes it back
 * @throws ConfigError for a signal that cannot be listened to
 */
export const drainOnExit = (
  tracker: Drained,
  { signals = ['SIGTERM', 'SIGINT'], timeout = '10s' }: DrainOptions = {},
): (() => void) => {
  const ms = toMilliseconds(timeout, 'timeout');
  const impossible = signals.find(
    (signal) => !(signal in constants.signals) || signal === 'SIGKILL' || signal === 'SIGSTOP',
  );
  if (impossible !== undefined) throw new ConfigError(`signals has ${impossible}, which cannot be`);
  let wasAsked = false;

  const undo = (): void => {
    process.off('beforeExit', onEmpty);
    for (const signal of signals) process.off(signal, onSignal);
  };
  const onEmpty = (): void => {
    process.off('beforeExit', onEmpty);
    void tracker.close({ timeout: ms }).then(undo);
  };
  const end = (signal: NodeJS.Signals): void => {
    undo();
    if (listenersOf(signal).length === 0) raise(signal);
  };
  const onSignal: Listener = Object.assign(
    (signal: NodeJS.Signals): void => {
      if (listenersOf(signal).some((one) => !one[ours])) {
        void tracker.flush?.({ timeout: ms });
      } else if (wasAsked) {
        end(signal);
      } else {
        wasAsked = true;
        void tracker.close({ timeout: ms }).then(() => end(signal));
      }
    },
    { [ours]: true } as const,
  );

  process.on('beforeExit', onEmpty);
  // First in line, so that a listener of the host that listens once is still there to be seen.
  for (const signal of signals) process.prependListener(signal, onSignal);
  return undo;
};
