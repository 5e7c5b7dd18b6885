import { BadRow } from './bad-row.ts';

/**
 * The fields of one CSV record (RFC 4180). A quote in the middle of a field that does not begin with
 * one is a character like others.
 *
 * @throws BadRow
 */
export function csvFields(text: string, delimiter: string): readonly string[] {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (text[at] === '"') {
      const [value, end] = quoted(text, at + 1);
      fields.push(value);
      at = end;
      if (at < text.length && text[at] !== delimiter) {
        throw new BadRow(`field ${fields.length} goes on after its closing quote`);
      }
    } else {
      const end = text.indexOf(delimiter, at);
      fields.push(text.slice(at, end === -1 ? text.length : end));
      at = end === -1 ? text.length : end;
    }
    if (at >= text.length) return fields;
    at += 1;
  }
}

/** What stands in quotes, and the place behind the closing one. */
function quoted(text: string, start: number): readonly [string, number] {
  let value = '';
  let at = start;
  for (;;) {
    const end = text.indexOf('"', at);
    if (end === -1) throw new BadRow('a quote is not closed');
    value += text.slice(at, end);
    if (text[end + 1] !== '"') return [value, end + 1];
    value += '"';
    at = end + 2;
  }
}
