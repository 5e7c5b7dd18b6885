import { isUtf8 } from 'node:buffer';
import { guessDelimiter, LINE_FEED, recordEnd } from './csv-bytes.ts';

/** A record of a file as it stands there, without its line ending. */
export interface Piece {
  /** The line of the file on which it begins, from 1. */
  readonly line: number;
  readonly text: string;
  /** Why it cannot be a record; then `text` is only its beginning. */
  readonly fault?: string;
}

export interface Splitter {
  readonly push: (chunk: Buffer) => readonly Piece[];
  /** What is left when there is no more. */
  readonly end: () => readonly Piece[];
}

/** A longer record is not held in memory. */
export const LONGEST = 1_048_576;

/** How much of a faulty record is shown. */
const SHOWN = 1_024;

const CARRIAGE_RETURN = 13;
const BYTE_ORDER_MARK = '\ufeff';

/**
 * Cuts bytes into records, wherever the chunks happen to be cut. Blank lines are none. In CSV a quoted
 * line break ends no record; a quote that is not closed spoils its own line, and no other.
 */
export function createSplitter(format: 'ndjson' | 'csv', longest: number = LONGEST): Splitter {
  let rest: Buffer = Buffer.alloc(0);
  let line = 1;
  let isFirst = true;
  let isDiscarding = false;
  let delimiter: number | undefined;

  const pieceOf = (bytes: Buffer, fault?: string): Piece => {
    const end = bytes.at(-1) === CARRIAGE_RETURN ? bytes.length - 1 : bytes.length;
    const shown = fault === undefined ? bytes.subarray(0, end) : bytes.subarray(0, SHOWN);
    const decoded = shown.toString();
    const text = isFirst && decoded.startsWith(BYTE_ORDER_MARK) ? decoded.slice(1) : decoded;
    isFirst = false;
    const why = fault ?? (isUtf8(bytes) ? undefined : 'it is not UTF-8');
    return why === undefined ? { line, text } : { line, text, fault: why };
  };

  /** Where the record that begins there ends, if that can be told yet. */
  const endOf = (at: number): { readonly end: number; readonly isQuoted: boolean } => {
    const window = rest.subarray(0, at + longest);
    if (format === 'ndjson') return { end: window.indexOf(LINE_FEED, at), isQuoted: false };
    delimiter ??= guessDelimiter(rest.subarray(at));
    const hasMark = isFirst && rest.toString('utf8', at, at + 3) === BYTE_ORDER_MARK;
    return recordEnd(window, hasMark ? at + 3 : at, delimiter);
  };

  const cut = (isLast: boolean): readonly Piece[] => {
    const pieces: Piece[] = [];
    let at = 0;
    const take = (end: number, fault?: string): void => {
      const bytes = rest.subarray(at, end);
      const piece = pieceOf(bytes, fault);
      if (fault !== undefined || piece.text.trim() !== '') pieces.push(piece);
      line += 1 + (format === 'csv' ? lineFeedsIn(bytes) : 0);
      at = end + 1;
    };
    while (at < rest.length) {
      if (isDiscarding) {
        const end = rest.indexOf(LINE_FEED, at);
        if (end === -1) at = rest.length;
        else {
          at = end + 1;
          line += 1;
          isDiscarding = false;
        }
        continue;
      }
      if (isFirst && rest[at] === LINE_FEED) {
        at += 1;
        line += 1;
        continue;
      }
      const isOver = rest.length - at >= longest;
      const isEnough = isLast || isOver;
      // Only a whole header tells the delimiter.
      if (isFirst && !isEnough && !rest.includes(LINE_FEED, at)) break;
      const { end, isQuoted } = endOf(at);
      if (end !== -1) take(end);
      else if (!isEnough) break;
      else if (isQuoted) {
        const lineEnd = rest.indexOf(LINE_FEED, at);
        if (isOver && (lineEnd === -1 || lineEnd - at >= longest)) discard();
        else take(lineEnd === -1 ? rest.length : lineEnd, 'a quote is not closed');
      } else if (isOver) discard();
      else take(rest.length);
    }
    rest = rest.subarray(Math.min(at, rest.length));
    return pieces;

    function discard(): void {
      pieces.push(pieceOf(rest.subarray(at, at + longest), `it is longer than ${longest} bytes`));
      isDiscarding = true;
      at += longest;
    }
  };

  return {
    push: (chunk) => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      return cut(false);
    },
    end: () => cut(true),
  };
}

function lineFeedsIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) {
    count += 1;
  }
  return count;
}
