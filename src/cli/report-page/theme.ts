export interface Theme {
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly surface: string;
  readonly series: readonly string[];
}

const SERIES = 8;

/**
 * The page's colours: canvases know nothing of style sheets.
 *
 * @param scheme light or dark, whatever holds now
 */
export function themeOf(scheme = ''): Theme {
  // A property of its own, since a custom one would be answered as it is written: `light-dark(…)`.
  const probe = document.createElement('span');
  probe.style.colorScheme = scheme;
  document.body.append(probe);
  const colour = (name: string): string => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const theme = {
    text: colour('--text'),
    muted: colour('--muted'),
    line: colour('--line'),
    surface: colour('--surface'),
    series: Array.from({ length: SERIES }, (_, i) => colour(`--series-${i + 1}`)),
  };
  probe.remove();
  return theme;
}

const day = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', timeZone: 'UTC' });
const month = new Intl.DateTimeFormat('en', { month: 'short', year: 'numeric', timeZone: 'UTC' });

/** A label for an axis, where there is little room. */
export function shortLabel(label: string): string {
  const [, year, mm, dd] = /^(\d{4})-?(\d{2})(?:-?(\d{2}))?(?:[T ]|$)/.exec(label) ?? [];
  const date = new Date(`${year}-${mm}-${dd ?? '01'}T00:00:00Z`);
  if (year !== undefined && !Number.isNaN(date.getTime())) {
    return (dd === undefined ? month : day).format(date);
  }
  return label.length > 24 ? `${label.slice(0, 23)}…` : label;
}

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 4 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 2 });

export const shortNumber = (value: number): string =>
  (Math.abs(value) < 10_000 ? grouped : compact).format(value);

export const fullNumber = (value: number | null): string =>
  value === null ? 'no value' : grouped.format(value);
