import type { Change } from './model.ts';

/** What stands where there is no value; it must not look like a 0. */
export const NONE = '–';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const broken = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const small = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

/** A number for people: grouped, and no longer than it tells something. */
export function formatNumber(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return NONE;
  const size = Math.abs(value);
  if (size >= 1e15 || (size > 0 && size < 1e-6)) return value.toExponential(2);
  if (Number.isInteger(value)) return whole.format(value);
  return (size >= 1 ? broken : small).format(value);
}

const percents = new Intl.NumberFormat('en', {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
  signDisplay: 'exceptZero',
});

export const ARROWS: Readonly<Record<Change['direction'], string>> = {
  up: '▲',
  down: '▼',
  same: '=',
};

export function formatPercent(percent: number | null): string {
  if (percent === null || !Number.isFinite(percent)) return '';
  return Math.abs(percent) >= 1e7
    ? `${percent.toExponential(1)} %`
    : `${percents.format(percent)} %`;
}

export const plural = (count: number, one: string): string =>
  `${whole.format(count)} ${one}${count === 1 ? '' : 's'}`;
