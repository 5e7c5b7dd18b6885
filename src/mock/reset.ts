import type { Part } from './schemas.ts';

/**
 * Puts parts back to how they were at the start, by default all of them.
 *
 * @throws Error with a sentence for people if there is no such part; then nothing is put back.
 */
export function createReset(
  resets: Readonly<Record<Part, () => void>>,
): (parts?: readonly Part[]) => void {
  const known = Object.keys(resets) as Part[];
  return (parts = known) => {
    for (const part of parts) {
      if (!known.includes(part)) {
        throw new Error(`There is no part ${part as string}. There are ${known.join(', ')}`);
      }
    }
    for (const part of parts) resets[part]();
  };
}
