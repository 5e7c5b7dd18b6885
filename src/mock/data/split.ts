/** Where to cut a whole number: cumulative whole weights, the last of which is their sum. */
export interface Cuts {
  readonly ends: readonly number[];
  readonly sum: number;
}

/** The cuts of two partitions at once: each part of the first is cut as the second says. */
export function cross(first: Cuts, second: Cuts): Cuts {
  const ends = first.ends.flatMap((end, i) => {
    const start = first.ends[i - 1] ?? 0;
    return second.ends.map((inner) => start * second.sum + (end - start) * inner);
  });
  return { ends, sum: first.sum * second.sum };
}

/** The cuts of positive whole weights. */
export function cutsOf(weights: readonly number[]): Cuts {
  let sum = 0;
  const ends = weights.map((weight) => (sum += weight));
  return { ends, sum };
}

/** Nothing to cut. */
export const WHOLE: Cuts = { ends: [1], sum: 1 };

/**
 * Cuts a whole number into whole parts that sum to it exactly, each less than one away from its
 * share. `phase`, from 0 to below `cuts.sum`, says how fractions fall: over evenly spread phases
 * every part gets its exact share in the mean, so that parts of many days can be added up.
 *
 * Kept in exact integers: `amount × cuts.sum` has to stay below 2⁵³.
 */
export function split(amount: number, cuts: Cuts, phase: number, into: number[]): void {
  let below = 0;
  for (let i = 0; i < cuts.ends.length; i += 1) {
    const upTo = Math.floor((amount * (cuts.ends[i] ?? 0) + phase) / cuts.sum);
    into[i] = upTo - below;
    below = upTo;
  }
}
