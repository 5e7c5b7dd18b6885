import type { ServerResponse } from 'node:http';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createForward } from '../../../src/mock/proxy/forward.ts';
import { bytesOf, textOf } from '../../../src/mock/server/bytes.ts';
import { hostileServer } from '../../../src/testing/hostile-server.ts';

describe('bytes as text', () => {
  it('come back as they were, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (array) => {
        const bytes = Buffer.from(array);
        expect(bytesOf(textOf(bytes)).equals(bytes)).toBe(true);
      }),
      { numRuns: 3_000 },
    );
    // Likelier to be characters, and halves of them.
    const odd = fc.constantFrom(
      0x41,
      0xc3,
      0xa9,
      0xe2,
      0x82,
      0xac,
      0xf0,
      0x9f,
      0x92,
      0xa9,
      0xed,
      0xa0,
      0xb2,
      0x80,
      0xef,
      0xbb,
      0xbf,
      0xff,
    );
    fc.assert(
      fc.property(fc.array(odd, { maxLength: 30 }), (array) => {
        const bytes = Buffer.from(array);
        expect(bytesOf(textOf(bytes)).equals(bytes)).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });

  it('are the text that they are, if they are one', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(textOf(Buffer.from(text))).toBe(text);
        expect(bytesOf(text).equals(Buffer.from(text))).toBe(true);
      }),
    );
    expect(textOf(Buffer.from([0x61, 0xff, 0x62]))).toBe('a\udcffb');
  });

  it('take no longer for being many', () => {
    for (const unit of [[0xff], [0x61, 0xff], [0xe2, 0x82], [0xf0], [0xc3, 0xa9, 0xff]]) {
      const bytes = Buffer.concat(Array(500_000).fill(Buffer.from(unit)));
      const begun = performance.now();
      expect(bytesOf(textOf(bytes)).equals(bytes)).toBe(true);
      expect(performance.now() - begun).toBeLessThan(5_000);
    }
  });
});

describe('an upstream that takes too long', () => {
  const incoming = { method: 'GET', target: '/customers', headers: {}, body: '' };

  it.each([
    ['to answer', () => undefined],
    [
      'to end, although it drips',
      (response: ServerResponse) => {
        const drip = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(drip));
      },
    ],
  ])('%s is given up, and its connection closed', async (_what, behave) => {
    let closed = false;
    await using vendor = await hostileServer((response) => {
      response.on('close', () => (closed = true));
      behave(response);
    });
    const outcome = await createForward('name', 600)(vendor.url, '/customers', incoming);
    expect(outcome).toEqual({ problem: 'no whole answer within 600 ms' });
    await expect.poll(() => closed).toBe(true);
  });
});
