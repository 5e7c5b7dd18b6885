import { type Duration, toMilliseconds } from '../../http/duration.ts';
import { TransportError } from '../../http/errors.ts';
import { onAbort } from '../../http/on-abort.ts';
import { wholeNumber } from '../../http/numbers.ts';

/** How far a long piece of work has come. */
export interface Progress {
  readonly done: number;
  /** How many of those failed. */
  readonly failed: number;
  /** How many there are in all; `undefined` while nobody knows. */
  readonly total: number | undefined;
}

/** Options of work that takes several requests. */
export interface LongWorkOptions {
  /** For all of it, waits and retries included. Default: none. */
  readonly deadline?: Duration | undefined;
  /** Ends all of it. */
  readonly signal?: AbortSignal | undefined;
  /** Called whenever something is done. What it throws is ignored. */
  readonly onProgress?: ((progress: Progress) => unknown) | undefined;
}

/** Options of `collect`. */
export interface CollectOptions extends LongWorkOptions {
  /** Items under way at once. Default 8. */
  readonly concurrency?: number | undefined;
}

/** What became of one item. */
export type Collected<T, R> =
  | { readonly item: T; readonly ok: true; readonly value: R }
  | { readonly item: T; readonly ok: false; readonly error: unknown };

export type Items<T> = Iterable<T> | AsyncIterable<T>;

async function* each<T>(items: Items<T>): AsyncGenerator<T> {
  yield* items;
}

/** A signal that ends with the caller's, at the deadline, or when `stop` is called. */
const limited = ({ signal, deadline }: LongWorkOptions) => {
  const controller = new AbortController();
  const stay = onAbort(signal, () => {
    const details = { cause: signal?.reason as unknown };
    controller.abort(new TransportError('aborted', 'the work was aborted', true, details));
  });
  const pass = (): void =>
    controller.abort(new TransportError('timeout', 'the deadline has passed', true));
  const timer =
    deadline === undefined ? undefined : setTimeout(pass, toMilliseconds(deadline, 'deadline', 1));
  return {
    signal: controller.signal,
    stop: (reason?: unknown): void => {
      stay();
      clearTimeout(timer);
      controller.abort(reason);
    },
  };
};

/** Tells an observer, whatever it makes of that. */
export const progressOf = ({ onProgress }: LongWorkOptions, total: number | undefined) => {
  const so = { done: 0, failed: 0, total };
  return (done: number, failed: number): void => {
    so.done += done;
    so.failed += failed;
    try {
      void Promise.resolve(onProgress?.({ ...so })).catch(() => {});
    } catch {
      // An observer must not change what happens.
    }
  };
};

/** See `collect` of the package: this is what its first call loads. */
export async function* collect<T, R>(
  items: Items<T>,
  work: (item: T, signal: AbortSignal) => Promise<R>,
  options: CollectOptions = {},
): AsyncGenerator<Collected<T, R>, void> {
  const concurrency = wholeNumber(options.concurrency ?? 8, 1, 'concurrency');
  const source = each(items);
  const { signal, stop } = limited(options);
  const total = Array.isArray(items) ? items.length : undefined;
  const tell = progressOf(options, total);
  const ready: Collected<T, R>[] = [];
  /** What was begun and has not ended. */
  const begun = new Set<{ readonly item: T }>();
  let active = 0;
  let finished = false;
  let wake = (): void => {};
  const unlisten = onAbort(signal, () => wake());

  const attempt = async (item: T): Promise<Collected<T, R>> => {
    try {
      return { item, ok: true, value: await work(item, signal) };
    } catch (error) {
      // What ended the work, rather than how a call says that it was ended.
      return { item, ok: false, error: signal.aborted ? signal.reason : error };
    }
  };
  const worker = async (): Promise<void> => {
    active += 1;
    try {
      while (!signal.aborted) {
        const next = await source.next();
        // It may have ended while the item was fetched.
        if (next.done === true || signal.aborted) return;
        const one = { item: next.value };
        begun.add(one);
        const collected = await attempt(next.value);
        // Nobody listens any more, or it was given up.
        if (!begun.delete(one)) return;
        tell(1, collected.ok ? 0 : 1);
        ready.push(collected);
        wake();
      }
    } catch (error) {
      stop(error);
    } finally {
      active -= 1;
      finished = active === 0 && !signal.aborted;
      wake();
    }
  };

  try {
    for (let n = 0; n < Math.min(concurrency, total ?? concurrency); n += 1) void worker();
    while (true) {
      const next = ready.shift();
      if (next !== undefined) yield next;
      // Who listens slowly is not told that time ran out when all was done in time.
      else if (finished) return;
      else if (signal.aborted) break;
      else if (active === 0) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
    for (const one of begun) {
      begun.delete(one);
      tell(1, 1);
      yield { ...one, ok: false, error: signal.reason };
    }
    throw signal.reason;
  } finally {
    begun.clear();
    unlisten();
    stop();
    source.return(undefined).catch(() => {});
  }
}
