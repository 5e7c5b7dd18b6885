import { formatNumber } from './report/numbers.ts';
import { cut } from './report/text.ts';

/** A line of standard error that is written anew. Terminals only. */
export interface LiveLine {
  readonly show: () => void;
  /** Tells something on a line of its own, also where there is no terminal. */
  readonly tell: (text: string) => void;
  readonly end: () => void;
}

/** Shows a text at once, every second, and when asked to. */
export function liveLine(text: () => string, isQuiet: boolean): LiveLine {
  const { stderr } = process;
  const nothing = (): void => undefined;
  if (isQuiet) return { show: nothing, tell: nothing, end: nothing };
  if (!stderr.isTTY) return { show: nothing, tell: (told) => console.error(told), end: nothing };
  // A text that goes over the edge would leave lines behind.
  const show = (): void =>
    void stderr.write(`\r\u001b[2K${cut(text(), Math.max(20, (stderr.columns || 80) - 1))}`);
  show();
  const timer = setInterval(show, 1_000).unref();
  return {
    show,
    tell: (told) => {
      stderr.write(`\r\u001b[2K${told}\n`);
      show();
    },
    end: () => {
      clearInterval(timer);
      stderr.write('\r\u001b[2K');
    },
  };
}

export interface ProgressLine {
  /** Called with each metric that is done. */
  readonly tell: (isOk: boolean) => void;
  readonly end: () => void;
}

/** How many of the metrics are done. */
export function progressLine(total: number, isQuiet: boolean): ProgressLine {
  const started = performance.now();
  let done = 0;
  let failed = 0;
  const line = liveLine(() => {
    const seconds = Math.round((performance.now() - started) / 1_000);
    const bad = failed > 0 ? `, ${formatNumber(failed)} failed` : '';
    return `${formatNumber(done)} of ${formatNumber(total)} metrics${bad}, ${seconds} s`;
  }, isQuiet);
  return {
    tell: (isOk) => {
      done += 1;
      if (!isOk) failed += 1;
      line.show();
    },
    end: line.end,
  };
}
