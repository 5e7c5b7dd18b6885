import { createHash } from 'node:crypto';

/**
 * A UUID (version 8) for one record of a file: the same whenever the same command reads the same file
 * again, so that what was in doubt is sent again under the same id.
 *
 * @param base what tells the file and what its rows mean, see `identity.ts`
 * @param number the row's, or with `--aggregate` the record's place in the sequence
 */
export function recordId(base: string, number: number): string {
  const hex = createHash('sha256').update(`${base}:${number}`).digest('hex');
  const variant = ((parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(18, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** A digest of values, each told from its neighbours. */
export const digestOf = (...values: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(values)).digest('hex');
