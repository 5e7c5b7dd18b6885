import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  jsonLines,
  looksLikeJson,
  textLines,
  type Line,
} from '../../../src/mock/page/lib/json-lines.ts';

const shown = (lines: Iterable<Line>): string =>
  [...lines]
    .map(({ depth, pieces }) => '  '.repeat(depth) + pieces.map(({ text }) => text).join(''))
    .join('\n');

describe('JSON in lines', () => {
  it('indents, and keeps short lists on their line', () => {
    expect(shown(jsonLines('{"a":{"b":[1,"x"],"c":{}},"d":[{"e":null}]}'))).toBe(
      `{
  "a": {
    "b": [1, "x"],
    "c": {}
  },
  "d": [
    {
      "e": null
    }
  ]
}`,
    );
  });

  it('changes nothing but space', () => {
    const text = '{"n":12345678901234567890,"n":1.0,"u":"\\u00e9","e":1E5}';
    expect(shown(jsonLines(text)).replaceAll(/\s/g, '')).toBe(text);
  });

  it('still means the same, whatever the value', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => {
        expect(JSON.parse(shown(jsonLines(text)))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('ends with whatever text it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const kept = shown(jsonLines(text)).replaceAll(/\s/g, '');
        expect(kept).toBe(text.replaceAll(/\s/g, ''));
      }),
    );
  });

  it('tells keys from texts', () => {
    const [, line] = jsonLines('{"a" : "b"}');
    expect(line?.pieces.map(({ kind }) => kind)).toEqual(['key', 'mark', 'string']);
  });

  it('makes no more lines than are asked for', () => {
    const text = JSON.stringify(Array.from({ length: 100_000 }, (_, id) => ({ id })));
    const lines = jsonLines(text);
    const started = performance.now();
    for (let count = 0; count < 80; count += 1) lines.next();
    expect(performance.now() - started).toBeLessThan(50);
  });
});

it('shows text that is not JSON line by line', () => {
  expect([...textLines('a\n\nb')].map(({ pieces }) => pieces[0]?.text)).toEqual(['a', '', 'b']);
});

it.each([
  ['{"a":1}', false, true],
  ['{"a":', false, false],
  ['{"a":', true, true],
  ['"text"', false, true],
  ['Not Found', false, false],
  ['<html>', true, false],
])('%s, cut: %s, is JSON: %s', (text, isCut, expected) => {
  expect(looksLikeJson(text, isCut)).toBe(expected);
});
