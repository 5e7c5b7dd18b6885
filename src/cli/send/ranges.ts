/** From and to, both included. */
export type Range = readonly [number, number];

/** Whole numbers that mostly come in order: what is together takes the room of one. */
export interface Ranges {
  /** Adds one that is not there yet. */
  readonly add: (number: number) => void;
  /** In order. */
  readonly list: () => readonly Range[];
}

export function createRanges(given: readonly Range[] = []): Ranges {
  const endByStart = new Map<number, number>();
  const startByEnd = new Map<number, number>();
  const keep = (start: number, end: number): void => {
    endByStart.set(start, end);
    startByEnd.set(end, start);
  };
  for (const [start, end] of given) keep(start, end);

  return {
    add: (number) => {
      const start = startByEnd.get(number - 1) ?? number;
      const end = endByStart.get(number + 1) ?? number;
      if (start !== number) startByEnd.delete(number - 1);
      if (end !== number) endByStart.delete(number + 1);
      keep(start, end);
    },
    list: () => [...endByStart].sort(([a], [b]) => a - b),
  };
}

/** Whether numbers are in the ranges. They must be asked for in ascending order. */
export function ascending(ranges: readonly Range[]): (number: number) => boolean {
  let i = 0;
  return (number) => {
    for (let range; (range = ranges[i]) !== undefined && range[1] < number;) i += 1;
    return (ranges[i]?.[0] ?? Infinity) <= number;
  };
}
