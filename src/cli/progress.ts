import { formatNumber } from './report/numbers.ts';

export interface ProgressLine {
  /** Called with each metric that is done. */
  readonly tell: (isOk: boolean) => void;
  readonly end: () => void;
}

/** How far it has come, on one line of standard error that is written anew. Terminals only. */
export function progressLine(total: number, isQuiet: boolean): ProgressLine {
  const { stderr } = process;
  if (!stderr.isTTY || isQuiet) return { tell: () => undefined, end: () => undefined };
  const started = performance.now();
  let done = 0;
  let failed = 0;
  const show = (): void => {
    const seconds = Math.round((performance.now() - started) / 1_000);
    const bad = failed > 0 ? `, ${formatNumber(failed)} failed` : '';
    const text = `${formatNumber(done)} of ${formatNumber(total)} metrics${bad}, ${seconds} s`;
    stderr.write(`\r\u001b[2K${text}`);
  };
  show();
  const timer = setInterval(show, 1_000).unref();
  return {
    tell: (isOk) => {
      done += 1;
      if (!isOk) failed += 1;
      show();
    },
    end: () => {
      clearInterval(timer);
      stderr.write('\r\u001b[2K');
    },
  };
}
