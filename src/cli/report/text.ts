import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';

/** Of control characters those that move the cursor, and those that turn the reading direction. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** More than any place has room for; what measures text takes its time over each character. */
const LONGEST = 4_000;

/**
 * A text from elsewhere on one line, without anything that a terminal would obey: escape sequences,
 * control characters, changes of the reading direction.
 */
export function clean(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\s+/g, ' ')
    .replace(UNPRINTABLE, '')
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
    .trim();
}

const segmenter = new Intl.Segmenter('en');

/** How many columns of a terminal a text takes. */
export const widthOf = (text: string): number => stringWidth(text);

/** A text cut to a width, by what a reader takes for one character. */
export function cut(text: string, width: number): string {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  if (widthOf(short) <= width) return short;
  if (width <= 0) return '';
  let kept = '';
  let used = 1;
  for (const { segment } of segmenter.segment(short)) {
    used += widthOf(segment);
    if (used > width) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

export type Align = 'left' | 'right';

export function pad(text: string, width: number, align: Align = 'left'): string {
  const room = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'left' ? text + room : room + text;
}

/** A text on several lines, each as wide as there is room. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').map((word) => cut(word, width))) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
