import { type Align, cut, pad, widthOf } from './text.ts';

export interface Column {
  readonly align: Align;
  /** How far it may shrink where there is too little room. Default: not at all. */
  readonly least?: number;
}

/** A cell's text, clean and on one line, and what colours it. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

const GAP = 2;

const total = (widths: readonly number[]): number =>
  widths.reduce((sum, width) => sum + width + GAP, -GAP);

/** The widths that fit, the widest shrinkable columns being the first to give way. */
function fitted(
  columns: readonly Column[],
  natural: readonly number[],
  room: number,
): readonly number[] {
  const widths = [...natural];
  while (total(widths) > room) {
    let widest = -1;
    for (const [i, { least = Infinity }] of columns.entries()) {
      const width = widths[i] ?? 0;
      if (width > least && width > (widths[widest] ?? 0)) widest = i;
    }
    if (widest < 0) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

export interface Laid {
  readonly lines: readonly string[];
  readonly widths: readonly number[];
  /** How many columns on the right found no place. */
  readonly dropped: number;
}

/** Rows in aligned columns, no wider than there is room. */
export function layOut(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  room: number,
): Laid {
  const measured = rows.map((row) => row.map(({ text }) => widthOf(text)));
  const natural = columns.map((_, i) =>
    measured.reduce((most, row) => Math.max(most, row[i] ?? 0), 0),
  );
  let kept = columns.length;
  let widths = fitted(columns, natural, room);
  while (kept > 1 && total(widths) > room) {
    kept -= 1;
    widths = fitted(columns.slice(0, kept), natural.slice(0, kept), room);
  }
  const lines = rows.map((row) =>
    widths
      .map((width, i) => {
        const { text, paint = (same: string) => same } = row[i] ?? { text: '' };
        const short = cut(text, width);
        if (short === '') return ' '.repeat(width);
        // What nothing follows needs no room.
        const isLast = i === widths.length - 1 && columns[i]?.align === 'left';
        return paint(isLast ? short : pad(short, width, columns[i]?.align));
      })
      .join(' '.repeat(GAP))
      .trimEnd(),
  );
  return { lines, widths, dropped: columns.length - kept };
}
