import type { MockEvent } from '../events.ts';
import type { Mock } from '../mock.ts';

/** A reader who is so far behind is not reading. */
const MAX_BEHIND = 4 * 1024 * 1024;
const HEARTBEAT_MS = 15_000;

/**
 * What happens from now on, as server-sent events, until the reader or the emulator goes, or the
 * reader falls behind by too much. Not a generator: one that waits for events could not be told
 * to stop before the next one came.
 */
export function changesOf(mock: Mock, signal: AbortSignal | undefined): AsyncIterable<string> {
  let written = 'retry: 1000\n\n';
  let ended = false;
  let wake = (): void => undefined;

  const end = (): void => {
    ended = true;
    stop();
    clearInterval(heart);
    for (const one of signals) one.removeEventListener('abort', end);
    wake();
  };
  const push = (text: string): void => {
    written += text;
    if (written.length > MAX_BEHIND) {
      written = '';
      end();
    }
    wake();
  };
  const stop = mock.events.listen((event) => push(textOf(event)));
  // What nobody reads must not keep the process alive.
  const heart = setInterval(() => push(': still here\n\n'), HEARTBEAT_MS).unref();
  const signals = signal ? [mock.closed, signal] : [mock.closed];
  for (const one of signals) one.addEventListener('abort', end);
  if (signals.some(({ aborted }) => aborted)) end();

  const next = async (): Promise<IteratorResult<string, undefined>> => {
    if (written === '' && !ended) await new Promise<void>((resolve) => (wake = resolve));
    const value = written;
    written = '';
    return value === '' ? { done: true, value: undefined } : { done: false, value };
  };
  const leave = (): Promise<IteratorResult<string, undefined>> => {
    end();
    return Promise.resolve({ done: true, value: undefined });
  };
  return { [Symbol.asyncIterator]: () => ({ next, return: leave }) };
}

const textOf = ({ type, data }: MockEvent): string =>
  `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
