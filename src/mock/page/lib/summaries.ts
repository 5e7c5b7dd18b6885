import type { Summary } from './types.ts';

/** As many as the emulator keeps. */
export const MAX_REQUESTS = 10_000;

/** Adds requests to those that are known, in the order of their ids; the oldest give way. */
export const merge = (
  known: readonly Summary[],
  added: readonly Summary[],
  max: number = MAX_REQUESTS,
): readonly Summary[] => {
  if (added.length === 0) return known;
  let last = known.at(-1)?.id ?? 0;
  const inOrder = added.every(({ id }) => id > last && (last = id) > 0);
  // A request that took long comes after later ones, and some come twice after a lost connection.
  const all = inOrder
    ? [...known, ...added]
    : [...new Map([...known, ...added].map((one) => [one.id, one])).values()].sort(
        (a, b) => a.id - b.id,
      );
  return all.length > max ? all.slice(-max) : all;
};

/** The place of a request in a list that is ordered by id, or of the next later one. */
export const indexOfId = (requests: readonly Summary[], id: number): number => {
  let low = 0;
  let high = requests.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((requests[middle] as Summary).id < id) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** Whether what was fetched goes on from what is known; not so if the emulator was started anew. */
export const continues = (known: readonly Summary[], fetched: readonly Summary[]): boolean => {
  const last = known.at(-1);
  const same = last && fetched[indexOfId(fetched, last.id)];
  return same?.id === last?.id && same?.at === last?.at;
};
