import { BadRow } from './bad-row.ts';
import { guessDelimiter } from './csv-bytes.ts';
import { csvFields } from './csv-fields.ts';
import { createSplitter, type Piece } from './split.ts';

export type RowFormat = 'ndjson' | 'csv';

/** One object of a file, by the names that the file has. */
export type Fields = Record<string, unknown>;

/** A row of a file, not yet read. */
export interface Row {
  /** Its place among the rows, from 1. Blank lines and the header of a CSV file are none. */
  readonly number: number;
  /** The line of the file on which it begins. */
  readonly line: number;
  readonly raw: string;
  /** @throws BadRow */
  readonly read: () => Fields;
}

/**
 * The rows of a file, in batches as the bytes come in.
 *
 * @param onHeader told of the columns of a CSV file, before the first row
 * @throws Error for a CSV file whose header cannot be one.
 */
export async function* readRows(
  chunks: AsyncIterable<Buffer>,
  format: RowFormat,
  onHeader: (columns: readonly string[]) => void = () => undefined,
): AsyncGenerator<readonly Row[], void, undefined> {
  const splitter = createSplitter(format);
  let hasHeader = format !== 'csv';
  const rowsOf = hasHeader
    ? ndjsonRows()
    : csvRows((columns) => {
        hasHeader = true;
        onHeader(columns);
      });
  for await (const chunk of chunks) {
    const pieces = splitter.push(chunk);
    if (pieces.length > 0) yield rowsOf(pieces);
  }
  const pieces = splitter.end();
  if (pieces.length > 0) yield rowsOf(pieces);
  if (!hasHeader) throw new Error('it is empty: a CSV file begins with the names of its columns');
}

type RowsOf = (pieces: readonly Piece[]) => readonly Row[];

function rowOf(number: number, { line, text, fault }: Piece, read: () => Fields): Row {
  const fail = (): never => {
    throw new BadRow(fault);
  };
  return { number, line, raw: text, read: fault === undefined ? read : fail };
}

function ndjsonRows(): RowsOf {
  let number = 0;
  return (pieces) =>
    pieces.map((piece) => rowOf((number += 1), piece, () => readObject(piece.text)));
}

function readObject(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BadRow('it is not JSON');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new BadRow('it is not a JSON object');
}

function csvRows(onHeader: (columns: readonly string[]) => void): RowsOf {
  let number = 0;
  let columns: readonly string[] | undefined;
  let delimiter = ',';
  return (pieces) => {
    const [header] = pieces;
    if (columns === undefined && header) {
      delimiter = String.fromCharCode(guessDelimiter(Buffer.from(header.text)));
      columns = columnsOf(header, delimiter);
      onHeader(columns);
      return rows(pieces.slice(1), columns);
    }
    return rows(pieces, columns ?? []);
  };

  function rows(pieces: readonly Piece[], names: readonly string[]): readonly Row[] {
    return pieces.map((piece) =>
      rowOf((number += 1), piece, () => named(names, csvFields(piece.text, delimiter))),
    );
  }
}

function columnsOf({ text, fault }: Piece, delimiter: string): readonly string[] {
  if (fault !== undefined) throw new Error(`the header cannot be read: ${fault}`);
  const columns = csvFields(text, delimiter).map((name) => name.trim());
  const twice = columns.find((name, i) => name !== '' && columns.indexOf(name) !== i);
  if (twice !== undefined) throw new Error(`two columns are called ${JSON.stringify(twice)}`);
  return columns;
}

/** An empty cell is none. */
function named(columns: readonly string[], cells: readonly string[]): Fields {
  if (cells.length !== columns.length) {
    throw new BadRow(`it has ${cells.length} fields, the header has ${columns.length}`);
  }
  const entries: [string, string][] = [];
  for (const [i, value] of cells.entries()) {
    if (value !== '') entries.push([columns[i] ?? '', value]);
  }
  return Object.fromEntries(entries);
}
