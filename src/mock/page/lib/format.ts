/** Times, sizes and spans for people. */

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
});
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const day = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });
const hour = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  hour12: false,
});

const date = (value: string | number): Date | undefined => {
  const made = new Date(value);
  return Number.isNaN(made.getTime()) ? undefined : made;
};

export const timeOfDay = (iso: string): string => {
  const at = date(iso);
  return at ? `${clock.format(at)}.${String(at.getMilliseconds()).padStart(3, '0')}` : iso;
};

export const dateAndTime = (iso: string | number): string => {
  const at = date(iso);
  return at ? full.format(at) : String(iso);
};

/** The beginning of a step of a chart, only as exact as the step is long. */
export const stepLabel = (seconds: number, step: number): string => {
  const at = date(seconds * 1_000);
  if (!at) return String(seconds);
  if (step >= 86_400) return day.format(at);
  return step >= 60 ? `${day.format(at)} ${hour.format(at)}` : clock.format(at);
};

export const span = (seconds: number): string => {
  const units = [
    [86_400, 'day'],
    [3_600, 'hour'],
    [60, 'minute'],
    [1, 'second'],
  ] as const;
  const [size, unit] = units.find(([size]) => seconds % size === 0) ?? [1, 'second'];
  const count = seconds / size;
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
};

export const milliseconds = (ms: number): string => {
  if (ms >= 10_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${ms >= 100 ? Math.round(ms) : ms.toFixed(1)} ms`;
};

export const bytes = (size: number): string => {
  if (size < 1_000) return `${size} B`;
  return size < 1_000_000
    ? `${(size / 1_000).toFixed(1)} kB`
    : `${(size / 1_000_000).toFixed(1)} MB`;
};

const grouped = new Intl.NumberFormat('en');

export const number = (value: number): string => grouped.format(value);

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 2 });

/** For an axis, where there is little room. */
export const short = (value: number): string =>
  (Math.abs(value) < 100_000 ? grouped : compact).format(value);

export const plural = (count: number, one: string): string =>
  `${number(count)} ${one}${count === 1 ? '' : 's'}`;

/** How far the clock has been moved, in its two greatest units. */
export const offset = (ms: number): string => {
  const seconds = Math.round(Math.abs(ms) / 1_000);
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  const shown = parts.filter(([count]) => count > 0).slice(0, 2);
  const text = shown.map(([count, unit]) => `${count} ${unit}`).join(' ') || '0 s';
  return `${text} ${ms < 0 ? 'behind' : 'ahead'}`;
};
