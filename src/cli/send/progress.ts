import { liveLine } from '../progress.ts';
import { formatNumber } from '../report/numbers.ts';

/** How far a run has come. */
export interface Standing {
  /** Records and rows that are done, over all runs. */
  readonly done: number;
  readonly bytes: number;
  /** In bytes, where it is known. */
  readonly size: number | undefined;
  /** What waits in the outbox. */
  readonly left: number;
  /** What keeps it from going on. */
  readonly trouble: string | undefined;
}

export interface Progress {
  /** Tells something on a line of its own. */
  readonly tell: (text: string) => void;
  readonly end: () => void;
}

interface Sample {
  readonly at: number;
  readonly done: number;
  readonly bytes: number;
}

/** The rate is that of the last so many seconds. */
const SAMPLES = 10;
const BAR = 24;
const PLAIN_MS = 10_000;

/** On a terminal a bar that is drawn every second, elsewhere a plain line every ten. */
export function showProgress(standing: () => Standing, isQuiet: boolean): Progress {
  const samples: Sample[] = [];
  const text = (): string => {
    const now = standing();
    samples.push({ at: performance.now(), done: now.done, bytes: now.bytes });
    if (samples.length > SAMPLES) samples.shift();
    return render(now, samples);
  };
  const line = liveLine(text, isQuiet);
  const isPlain = !process.stderr.isTTY && !isQuiet;
  const timer = isPlain ? setInterval(() => console.error(text()), PLAIN_MS).unref() : undefined;
  return {
    tell: line.tell,
    end: () => {
      clearInterval(timer);
      line.end();
    },
  };
}

/** One line: `[████░░░░]  34 %  120,000 done  1,430/s  2 min left`. */
export function render(standing: Standing, samples: readonly Sample[]): string {
  const { done, bytes, size, left: waiting, trouble } = standing;
  const share = size === undefined || size === 0 ? undefined : Math.min(1, bytes / size);
  const [first, last] = [samples[0], samples.at(-1)];
  const seconds = first && last ? (last.at - first.at) / 1_000 : 0;
  const per = (to: number, from: number): number => (seconds > 0 ? (to - from) / seconds : 0);
  const rate = per(last?.done ?? 0, first?.done ?? 0);
  const byteRate = per(last?.bytes ?? 0, first?.bytes ?? 0);
  const left = size !== undefined && byteRate > 0 ? (size - bytes) / byteRate : undefined;
  const parts = [
    share === undefined ? '' : `${bar(share)} ${Math.floor(share * 100)} %`,
    `${formatNumber(done)} done`,
    waiting > 0 ? `${formatNumber(waiting)} wait in the outbox` : '',
    rate > 0 ? `${formatNumber(Math.round(rate))}/s` : '',
    trouble ?? (left === undefined || left < 1 ? '' : `${span(left)} left`),
  ];
  return parts.filter((part) => part !== '').join('  ');
}

function bar(share: number): string {
  const full = Math.round(share * BAR);
  return `[${'█'.repeat(full)}${'░'.repeat(BAR - full)}]`;
}

/** Seconds as people say it. */
export function span(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${(seconds / 3_600).toFixed(1)} h`;
}
