import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { loadLmdb, openDb } from '../../../../src/tracker/lmdb/db.ts';
import { openLmdbOutbox } from '../../../../src/tracker/lmdb/index.ts';
import { findDamage } from '../../../../src/tracker/lmdb/structure.ts';
import { outboxDir } from '../../../support/outbox-lmdb.ts';
import { event } from '../../../support/outbox-records.ts';

let place: ReturnType<typeof outboxDir>;
let sound: Buffer;
beforeAll(async () => {
  place = outboxDir();
  const outbox = await openLmdbOutbox(place.dir);
  await outbox.put([event(), event('jo', 'x'.repeat(9_000)), event()]);
  await outbox.close();
  sound = readFileSync(join(place.dir, 'data.mdb'));
});
afterAll(() => place.remove());

const header = 24;

/** Where the later of both heads is, and the one page of the tree: a leaf. */
const placesIn = (bytes: Buffer) => {
  const size = bytes.readUInt32LE(48);
  const meta = bytes.readBigUInt64LE(152) >= bytes.readBigUInt64LE(size + 152) ? 0 : size;
  expect(bytes.readUInt16LE(meta + 102), 'the depth of the tree').toBe(1);
  const root = Number(bytes.readBigUInt64LE(meta + 136)) * size;
  const node = (index: number): number =>
    root + header + bytes.readUInt16LE(root + header + 2 * index);
  /** The entry whose value is on pages of its own. */
  const big = [0, 1, 2, 3, 4].map(node).find((at) => bytes.readUInt16LE(at + 4) === 1) ?? 0;
  return { meta, root, node, big };
};
type Places = ReturnType<typeof placesIn>;

const damages: readonly (readonly [
  name: string,
  damage: (bytes: Buffer, at: Places) => unknown,
  said: RegExp,
])[] = [
  ['another page number', (b, { root }) => b.writeUInt8(9, root), /another/],
  ['another kind of page', (b, { root }) => b.writeUInt16LE(1, root + 18), /another kind/],
  ['a page of the future', (b, { root }) => b.writeUInt32LE(9_999, root + 8), /future/],
  ['more entries than there is room', (b, { root }) => b.writeUInt16LE(4_090, root + 20), /shape/],
  [
    'an entry elsewhere',
    (b, { root }) => b.writeUInt16LE(60_000, root + header),
    /out of its page/,
  ],
  ['a long key', (b, { node }) => b.writeUInt16LE(60_000, node(0) + 6), /key is out of its page/],
  ['a long value', (b, { node }) => b.writeUInt32LE(60_000, node(0)), /value is out of its page/],
  [
    'a value that reaches into the next entry',
    (b, { node }) => b.writeUInt32LE(b.readUInt32LE(node(0)) + 2, node(0)),
    /do not fill|out of its page/,
  ],
  ['an entry of another kind', (b, { node }) => b.writeUInt16LE(2, node(0) + 4), /another kind/],
  [
    'keys in another order',
    (b, { root }) =>
      b
        .subarray(root + header, root + header + 4)
        .swap32()
        .swap16(),
    /out of order/,
  ],
  ['a big value of another length', (b, { big }) => b.writeUInt32LE(90_000, big), /short|pages/],
  ['no such root', (b, { meta }) => b.writeUInt32LE(1_000_000, meta + 136), /out of bounds/],
  ['another depth', (b, { meta }) => b.writeUInt16LE(2, meta + 102), /another kind/],
  ['other flags', (b, { meta }) => b.writeUInt16LE(4, meta + 100), /other trees/],
  ['a file that is too short', () => 'cut', /too short|fewer pages/],
];

test('nothing is wrong with what is sound', async () => {
  expect(await findDamage(join(place.dir, 'data.mdb'))).toBeUndefined();
});

test(
  'nor with what was written, changed and removed in many commits',
  { timeout: 200_000 },
  async () => {
    const own = outboxDir();
    onTestFinished(own.remove);
    const db = openDb(await loadLmdb(), own.dir);
    onTestFinished(() => db.close());
    const keys = fc.stringMatching(/^[a-c]{1,300}$/, { size: 'max' });
    const sizes = fc.oneof(fc.nat(300), fc.nat(3_000), fc.nat(20_000));
    const commit = fc.array(fc.tuple(keys, fc.option(sizes)), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(commit, async (writes) => {
        await db.childTransaction(() => {
          for (const [key, size] of writes) {
            if (size === null) db.remove(Buffer.from(key));
            else db.put(Buffer.from(key), Buffer.alloc(size, 1));
          }
        });
        expect(await findDamage(join(own.dir, 'data.mdb'))).toBeUndefined();
      }),
      { numRuns: process.env.LONG === undefined ? 100 : 500 },
    );
  },
);

test.each(damages)('%s', async (_, damage, said) => {
  const bytes = Buffer.from(sound);
  const isCut = damage(bytes, placesIn(bytes)) === 'cut';
  const file = join(place.dir, 'damaged');
  writeFileSync(file, isCut ? bytes.subarray(0, 3 * 4_096 - 1) : bytes);
  expect(await findDamage(file)).toMatch(said);
});

test('what is gone at the second look was no damage', async () => {
  const bytes = Buffer.from(sound);
  const { root } = placesIn(bytes);
  bytes.writeUInt16LE(1, root + 18);
  const file = join(place.dir, 'passing');
  writeFileSync(file, bytes);
  const found = findDamage(file);
  // It has seen it by then, and waits.
  await setTimeout(50);
  writeFileSync(file, sound);
  expect(await found).toBeUndefined();
});
