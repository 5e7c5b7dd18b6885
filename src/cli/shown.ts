import { clean, cut } from './report/text.ts';

const WIDTH = 40;

/** A value that somebody gave, as a message may repeat it: short, and nothing that a terminal obeys. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  return cut(clean(JSON.stringify(value)), WIDTH);
}
