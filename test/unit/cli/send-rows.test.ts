import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRows, type RowFormat } from '../../../src/cli/send/rows.ts';
import { createSplitter, type Piece } from '../../../src/cli/send/split.ts';

/** Cut at these places, and between them wherever chunks may end. */
const chunksOf = (bytes: Buffer, cuts: readonly number[]): Buffer[] => {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length];
  const sorted = places.sort((a, b) => a - b);
  return sorted.slice(1).map((end, i) => bytes.subarray(sorted[i], end));
};

const piecesOf = (
  text: string | Buffer,
  format: RowFormat,
  cuts: readonly number[] = [],
  longest?: number,
): readonly Piece[] => {
  const splitter = createSplitter(format, longest);
  const chunks = chunksOf(Buffer.from(text), cuts);
  return [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.end()];
};

async function* arriving(chunks: readonly Buffer[]) {
  yield* chunks;
}

const rowsOf = async (text: string | Buffer, format: RowFormat, cuts: readonly number[] = []) => {
  const rows = [];
  for await (const batch of readRows(arriving(chunksOf(Buffer.from(text), cuts)), format)) {
    for (const { number, line, read } of batch) {
      try {
        rows.push({ number, line, row: read() });
      } catch (error) {
        rows.push({ number, line, bad: (error as Error).message });
      }
    }
  }
  return rows;
};

const texts = (text: string | Buffer, format: RowFormat) =>
  piecesOf(text, format).map(({ line, text: one, fault }) => fault ?? `${line}:${one}`);

describe('records of a file', () => {
  it.each<[string, string | Buffer, readonly string[]]>([
    ['nothing', '', []],
    ['blank lines only', '\n \n\r\n\t\n', []],
    ['one without a line feed', '{}', ['1:{}']],
    ['CRLF', '{}\r\n{}\r\n', ['1:{}', '2:{}']],
    ['blank lines between', '\n\n{}\n\n{}\n', ['3:{}', '5:{}']],
    ['a byte order mark', '\ufeff{}\n\ufeff{}', ['1:{}', '2:\ufeff{}']],
    ['not UTF-8', Buffer.from([0x7b, 0xe9, 0x7d, 10, 0x7b, 0x7d]), ['it is not UTF-8', '2:{}']],
    ['quotes, which mean nothing', '"a\nb"\n', ['1:"a', '2:b"']],
  ])('ndjson: %s', (_, text, expected) => {
    expect(texts(text, 'ndjson')).toEqual(expected);
  });

  it.each<[string, string, readonly string[]]>([
    ['a line feed in quotes', 'a,b\n"1\n2",3\n4,5\n', ['1:a,b', '2:"1\n2",3', '4:4,5']],
    ['doubled quotes', 'a\n"x""\n"\ny\n', ['1:a', '2:"x""\n"', '4:y']],
    ['a quote within a field', 'a,b\n5" pipe,1\n2,3', ['1:a,b', '2:5" pipe,1', '3:2,3']],
    ['a quote not closed', 'a,b\n"x,1\n2,3\n', ['1:a,b', 'a quote is not closed', '3:2,3']],
    ['a quote not closed at the end', 'a,b\n"x', ['1:a,b', 'a quote is not closed']],
    ['a mark before a quote', '\ufeff"a","b\nc"\n1,2', ['1:"a","b\nc"', '3:1,2']],
    ['quotes behind a semicolon', 'a;b\n1;"x\ny"\n2;3\n', ['1:a;b', '2:1;"x\ny"', '4:2;3']],
    ['quotes behind a tab', 'a\tb\n1\t"x\ny"\n', ['1:a\tb', '2:1\t"x\ny"']],
    ['blank lines before the header', '\n\na;b\n1;"x\ny"\n', ['3:a;b', '4:1;"x\ny"']],
  ])('csv: %s', (_, text, expected) => {
    expect(texts(text, 'csv')).toEqual(expected);
  });

  it('holds no more than so many bytes of one, and goes on behind it', () => {
    const long = 'x'.repeat(50);
    for (const format of ['ndjson', 'csv'] as const) {
      for (let cut = 0; cut < 60; cut += 7) {
        const pieces = piecesOf(`a\n${long}\nb\n`, format, [cut], 20);
        expect(pieces.map(({ line, text, fault }) => [line, text, fault])).toEqual([
          [1, 'a', undefined],
          [2, 'x'.repeat(20), 'it is longer than 20 bytes'],
          [3, 'b', undefined],
        ]);
      }
    }
    const open = piecesOf(`a\n"1\n2\n3\n4\n5\n6\n7\n8\n9\n10\nb\n`, 'csv', [3, 9], 12);
    expect(open[1]).toEqual({ line: 2, text: '"1', fault: 'a quote is not closed' });
    expect(open.slice(2).map(({ text }) => text)).toEqual([
      '2',
      '3',
      '4',
      '5',
      '6',
      '7',
      '8',
      '9',
      '10',
      'b',
    ]);
  });

  it('are the same wherever the chunks end', () => {
    const alphabet = fc.constantFrom('a', '"', ',', ';', '\n', '\r\n', 'é', '😀', ' ', '\ufeff');
    const bytes = fc.array(alphabet, { maxLength: 60 }).map((parts) => Buffer.from(parts.join('')));
    const cuts = fc.array(fc.nat(), { maxLength: 12 });
    fc.assert(
      fc.property(
        bytes,
        cuts,
        fc.constantFrom('ndjson', 'csv'),
        fc.constantFrom(8, 16, 1_000),
        (text, at, format, longest) => {
          const whole = piecesOf(text, format, [], longest);
          expect(piecesOf(text, format, at, longest)).toEqual(whole);
        },
      ),
      { numRuns: process.env.LONG ? 200_000 : 3_000 },
    );
  });
});

describe('rows', () => {
  it('of ndjson are objects', async () => {
    expect(await rowsOf('{"a":{"b":1}}\n\n[1]\nnull\n{"a"\n"x"\n{}', 'ndjson')).toEqual([
      { number: 1, line: 1, row: { a: { b: 1 } } },
      { number: 2, line: 3, bad: 'it is not a JSON object' },
      { number: 3, line: 4, bad: 'it is not a JSON object' },
      { number: 4, line: 5, bad: 'it is not JSON' },
      { number: 5, line: 6, bad: 'it is not a JSON object' },
      { number: 6, line: 7, row: {} },
    ]);
  });

  it('of CSV need a header', async () => {
    await expect(rowsOf('', 'csv')).rejects.toThrow('it is empty');
  });

  it('of CSV are named by the header, and have no empty cells', async () => {
    const text = 'a, b ,c\r\n1,,"3 ""x"""\r\n"1\r\n2",b,c\r\nx,y\r\n"a"b,c,d\r\n';
    expect(await rowsOf(text, 'csv')).toEqual([
      { number: 1, line: 2, row: { a: '1', c: '3 "x"' } },
      { number: 2, line: 3, row: { a: '1\r\n2', b: 'b', c: 'c' } },
      { number: 3, line: 5, bad: 'it has 2 fields, the header has 3' },
      { number: 4, line: 6, bad: 'field 1 goes on after its closing quote' },
    ]);
    await expect(rowsOf('a,b,a\n1,2,3\n', 'csv')).rejects.toThrow('two columns are called "a"');
    expect(await rowsOf('a,b\n', 'csv')).toEqual([]);
    expect(await rowsOf('__proto__,b\n1,2\n', 'csv')).toEqual([
      {
        number: 1,
        line: 2,
        row: Object.fromEntries([
          ['__proto__', '1'],
          ['b', '2'],
        ]),
      },
    ]);
  });

  it('of CSV are what another parser reads', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', 'é', '1', ' ') });
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    const table = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 8 });
    const property = fc.asyncProperty(table, fc.array(fc.nat()), async (rows, cuts) => {
      const text = `a,b,c\n${rows.map((row) => row.map(quoted).join(',')).join('\n')}\n`;
      const expected = parse<Record<string, string>>(text, { columns: true }).map((row) =>
        Object.fromEntries(Object.entries(row).filter(([, value]) => value !== '')),
      );
      expect((await rowsOf(text, 'csv', cuts)).map((one) => one.row)).toEqual(expected);
    });
    await fc.assert(property, { numRuns: process.env.LONG ? 20_000 : 500 });
  });
});
