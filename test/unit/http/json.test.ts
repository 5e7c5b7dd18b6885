import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyJson } from '../../../src/http/json.ts';

describe('copyJson', () => {
  it('is what JSON would make of any JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        fc.pre(!/\\ud[89a-f]/i.test(JSON.stringify(value)));
        expect(JSON.stringify(copyJson(value, 'meta'))).toBe(JSON.stringify(value));
      }),
    );
  });

  it('does not share anything with the original', () => {
    const original = { list: [{ a: 1 }] };
    const copied = copyJson(original, 'meta');
    original.list[0] = { a: 2 };
    original.list.push({ a: 3 });
    expect(copied).toEqual({ list: [{ a: 1 }] });
  });

  it('asks toJSON and leaves out undefined, as JSON does', () => {
    const at = new Date(0);
    expect(copyJson({ at, gone: undefined, call: () => 1 }, 'meta')).toEqual({
      at: at.toISOString(),
    });
  });

  it('keeps __proto__ a plain key', () => {
    const copied = copyJson(JSON.parse('{"__proto__":{"polluted":1}}'), 'meta');
    expect(Object.keys(copied as object)).toEqual(['__proto__']);
    expect((copied as { polluted?: number }).polluted).toBeUndefined();
  });

  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  const sparse: number[] = [];
  sparse[1e7] = 1;
  let deep: unknown = 0;
  for (let i = 0; i < 100_000; i += 1) deep = [deep];
  it.each<[string, unknown, RegExp]>([
    ['a BigInt', { a: { b: [1n] } }, /^meta\.a\.b\[0\] is a BigInt/],
    ['NaN', { a: NaN }, /^meta\.a is NaN/],
    ['infinity', { a: Infinity }, /^meta\.a is Infinity/],
    ['a function in a list', [() => 1], /^meta\[0\] is function/],
    ['a lone surrogate', { a: '\ud800' }, /^meta\.a holds half/],
    ['a lone surrogate in a key', { ['\udc00']: 1 }, /half/],
    ['a Map', { a: new Map() }, /^meta\.a is a Map/],
    ['an Error', { a: new Error('x') }, /^meta\.a is a Error/],
    ['bytes', { a: new Uint8Array(3) }, /^meta\.a is a Uint8Array/],
    ['a cycle', cycle, /^meta.* holds itself/],
    ['a deep value', deep, /deeper than 32/],
    ['a sparse list', sparse, /more than 10000 values/],
    ['many values', Array.from({ length: 20_000 }, () => 1), /more than 10000 values/],
    ['a long text', 'x'.repeat(300_000), /more than 262144 characters/],
  ])('refuses %s quickly, and says where', (_, value, reason) => {
    const startedAt = performance.now();
    expect(() => copyJson(value, 'meta')).toThrow(reason);
    expect(performance.now() - startedAt).toBeLessThan(100);
  });

  it.each<[string, unknown]>([
    ['a long key', { ['k'.repeat(100_000)]: 1n }],
    ['a key of pairs', { ['\u{1f600}'.repeat(1_000)]: 1n }],
    ['long keys below each other', { ['k'.repeat(50)]: { ['l'.repeat(50)]: { m: 1n } } }],
  ])('names the place in short words, whatever it is called: %s', (_, value) => {
    try {
      copyJson(value, 'meta');
      expect.unreachable();
    } catch (error) {
      const { message } = error as Error;
      expect(message).toMatch(/^meta\..{1,59}… is a BigInt/u);
      expect(message.length).toBeLessThan(150);
      expect(message).not.toMatch(/\p{Surrogate}/u);
    }
  });
});
