type Values = readonly (number | null)[];

const LEVELS = '▁▂▃▄▅▆▇█';
const EIGHTHS = ' ▏▎▍▌▋▊▉';

const isNumber = (value: number | null | undefined): value is number =>
  typeof value === 'number' && Number.isFinite(value);

/** The values as so many as there is room for, each the mean of those in its place. */
function gathered(values: Values, width: number): Values {
  if (values.length <= width) return values;
  return Array.from({ length: width }, (_, i) => {
    const from = Math.floor((i * values.length) / width);
    const part = values.slice(from, Math.floor(((i + 1) * values.length) / width)).filter(isNumber);
    return part.length === 0 ? null : part.reduce((sum, one) => sum + one / part.length, 0);
  });
}

/** A course in one line of text. Where there is no value, there is a gap. */
export function sparkline(values: Values, width: number): string {
  const shown = gathered(values, Math.max(1, width));
  const numbers = shown.filter(isNumber);
  const low = numbers.reduce((a, b) => Math.min(a, b), Infinity);
  const high = numbers.reduce((a, b) => Math.max(a, b), -Infinity);
  return shown
    .map((value) => {
      if (!isNumber(value)) return ' ';
      // Halves, since the span of two huge numbers may be none.
      const share = high === low ? 0.5 : (value / 2 - low / 2) / (high / 2 - low / 2);
      return LEVELS[Math.min(LEVELS.length - 1, Math.floor(share * LEVELS.length))];
    })
    .join('');
}

/** A bar as long as its share of the greatest. */
export function bar(value: number | null, greatest: number, width: number): string {
  if (!isNumber(value) || !(greatest > 0)) return '';
  const eighths = Math.round(Math.min(1, Math.abs(value) / greatest) * width * 8);
  if (eighths === 0) return value === 0 ? '' : (EIGHTHS[1] ?? '');
  return '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '').trim();
}

/** The least and the greatest number there is; `null` for none. */
export function rangeOf(values: Values): readonly [number, number] | null {
  const numbers = values.filter(isNumber);
  if (numbers.length === 0) return null;
  return [numbers.reduce((a, b) => Math.min(a, b)), numbers.reduce((a, b) => Math.max(a, b))];
}
