import { describe, expect, it } from 'vitest';
import { readJson } from '../../../src/cli/types/read-json.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('a payload file', () => {
  it('is JSON in UTF-8, with a byte order mark or without', () => {
    expect(readJson(bytes('{"a":["ü","\\""]}'))).toEqual({ a: ['ü', '"'] });
    expect(readJson(bytes('\ufeff{"a":1}'))).toEqual({ a: 1 });
  });

  it('may be in the UTF-16 that Windows shells write', () => {
    expect(readJson(Buffer.from('\ufeff["ü"]', 'utf16le'))).toEqual(['ü']);
  });

  it.each([
    ['', 'there is nothing in it'],
    [' \n', 'there is nothing in it'],
    ['{"a":', /^it is not JSON: /],
    ['fetch("https://x.example/get-data", {', /^it is a whole request, .* copy the payload alone/],
    ['await fetch("x")', /^it is a whole request/],
    ["curl 'https://x.example' \\\n  --data-raw '{}'", /^it is a whole request/],
    ['{"id":120330000000012345}', /cannot hold the number 120330000000012345: write it as a text/],
    ['[-9007199254740993]', /cannot hold the number -9007199254740993/],
    ['[1e400]', /cannot hold the number 1e400/],
    [`[${'9'.repeat(500)}]`, /cannot hold the number 9{40}:/],
  ])('is refused: %s', (text, message) => {
    expect(() => readJson(bytes(text))).toThrow(message);
  });

  it('is refused when it is no text', () => {
    expect(() => readJson(new Uint8Array([0x7b, 0xff, 0x7d]))).toThrow('it is no text in UTF-8');
    expect(() => readJson(new Uint8Array(16 * 1024 * 1024 + 1))).toThrow('larger than 16 MiB');
  });

  it.each(['9007199254740992', '-0', '0.1', '1e21', '120330000000012352', '1E-7'])(
    'holds the number %s',
    (token) => {
      expect(readJson(bytes(`{"a \\" 120330000000012345":${token}}`))).toEqual({
        'a " 120330000000012345': Number(token),
      });
    },
  );
});
