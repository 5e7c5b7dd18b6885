import { formatDay } from './daily.ts';
import { valuesOf } from './dimensions.ts';
import { sizeOf, type Grid } from './grid.ts';
import { mix } from './random.ts';
import type { Series } from './series.ts';

/** The values of a metric that is no number, on all cells. */
export function labelsOf(series: Series, { calendar, places, axes }: Grid): string[] {
  const size = sizeOf(axes);
  const { first, last } = calendar.period;
  const texts = valuesOf(series.metric).labels;
  return Array.from({ length: calendar.groups.length * size }, (_, cell) => {
    const chance = mix(series.key, cell);
    if (series.kind === 'text') return texts[chance % texts.length] ?? '';
    // What was made on a day of the row, or where there are none, some time in the period.
    const start = calendar.starts[Math.floor(cell / size)] ?? first;
    const day = places.length > 0 ? start : first + (chance % (last - first + 1));
    return `${formatDay(day)} ${timeOf(chance)}`;
  });
}

/** A time of the waking hours, as the service writes it: without a zone. */
function timeOf(chance: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return [two(8 + (chance % 14)), two((chance >>> 8) % 60), two((chance >>> 16) % 60)].join(':');
}
