import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

/*
 * LMDB trusts its file: a wrong number in it ends the process. So this looks, before LMDB does, at
 * every page that LMDB would follow a number to, as lmdb 3 lays them out on machines of 64 bits with
 * the low byte first. What stands in keys and values it leaves to who reads them.
 */

const header = 24;
const page = { branch: 1, leaf: 2, overflow: 4, meta: 8 } as const;
const bigData = 1;
const none = 0xffff_ffff_ffff_ffffn;
const nodeHead = 8;
const overflowHead = 24;

interface Tree {
  readonly flags: number;
  readonly depth: number;
  readonly root: bigint;
}

interface Meta {
  readonly pageSize: number;
  readonly mapSize: bigint;
  readonly free: Tree;
  readonly main: Tree;
  readonly lastPage: number;
  readonly txn: bigint;
}

const even = (length: number): number => length + (length % 2);

class Damage extends Error {}

const demand = (holds: boolean, what: string): void => {
  if (!holds) throw new Damage(what);
};

const readPart = async (file: FileHandle, at: number, length: number): Promise<Buffer> => {
  const bytes = Buffer.allocUnsafe(length);
  const { bytesRead } = await file.read(bytes, 0, length, at);
  demand(bytesRead === length, 'the file is too short');
  return bytes;
};

const treeAt = (bytes: Buffer, at: number): Tree => ({
  flags: bytes.readUInt16LE(at + 4),
  depth: bytes.readUInt16LE(at + 6),
  root: bytes.readBigUInt64LE(at + 40),
});

const readMeta = async (file: FileHandle, at: number): Promise<Meta> => {
  const bytes = await readPart(file, at, 160);
  demand(bytes.readUInt16LE(18) === page.meta, 'a head is none');
  return {
    pageSize: bytes.readUInt32LE(48),
    mapSize: bytes.readBigUInt64LE(40),
    free: treeAt(bytes, 48),
    main: treeAt(bytes, 96),
    lastPage: Number(bytes.readBigUInt64LE(144)),
    txn: bytes.readBigUInt64LE(152),
  };
};

/** The head that counts: the later of both. */
const currentMeta = async (file: FileHandle): Promise<Meta> => {
  const first = await readMeta(file, 0);
  const second = await readMeta(file, first.pageSize);
  demand(first.pageSize === second.pageSize, 'the heads disagree');
  const meta = first.txn >= second.txn ? first : second;
  const { free, main } = meta;
  demand(free.flags === 8 && main.flags === 0, 'it has other trees');
  demand(meta.mapSize < 2n ** 46n && meta.lastPage < 2 ** 36, 'a size is wrong');
  return meta;
};

/** Follows every number from the head on. */
const walk = async (file: FileHandle, meta: Meta): Promise<void> => {
  const { pageSize, lastPage, txn } = meta;
  const room = pageSize - header;
  const { size } = await file.stat();
  demand(lastPage * 8 <= size * 4, 'it has fewer pages than it says');
  const seen = new Uint8Array(lastPage + 1);
  const visit = (from: number, count: number): void => {
    demand(from >= 2 && count >= 1 && from + count - 1 <= lastPage, 'a page is out of bounds');
    for (let one = from; one < from + count; one += 1) {
      demand(seen[one] === 0, 'a page is used twice');
      seen[one] = 1;
    }
  };

  /** A value on pages of its own. */
  const readOverflow = async (node: Buffer, length: number): Promise<Buffer> => {
    const [at, pages] = [Number(node.readBigUInt64LE(0)), Number(node.readBigUInt64LE(16))];
    const needed = Math.floor((header - 1 + length) / pageSize) + 1;
    visit(at, pages);
    const bytes = await readPart(file, at * pageSize, header + length);
    demand(Number(bytes.readBigUInt64LE(0)) === at, 'a page is another');
    demand(bytes.readUInt16LE(18) === page.overflow, 'a page is of another kind');
    demand(bytes.readUInt32LE(20) === pages && pages >= needed, 'a value has other pages');
    return bytes.subarray(header);
  };

  /** A list of free pages: none may lie outside, or be in use. */
  const checkFree = (value: Buffer): void => {
    const count = Number(value.readBigUInt64LE(0));
    demand((count + 1) * 8 <= value.length, 'a list is longer than its place');
    for (let i = 1; i <= count; i += 1) {
      const one = value.readBigInt64LE(i * 8);
      demand((one < 0n ? -one : one) <= BigInt(lastPage), 'a free page is out of bounds');
    }
  };

  /** Keys stand in order, or whoever goes from one to the next may never come to an end. */
  let last: Buffer | undefined;
  let least: Buffer | undefined;
  const checkKey = (key: Buffer, isFree: boolean): void => {
    const compare = (a: Buffer, b: Buffer): number =>
      isFree ? Number(a.readBigUInt64LE(0) - b.readBigUInt64LE(0)) : Buffer.compare(a, b);
    demand(last === undefined || compare(last, key) < 0, 'a key is out of order');
    demand(least === undefined || compare(least, key) <= 0, 'a key is on a wrong page');
  };

  const checkPage = async (at: number, depth: number, isFree: boolean): Promise<void> => {
    visit(at, 1);
    const bytes = await readPart(file, at * pageSize, pageSize);
    demand(Number(bytes.readBigUInt64LE(0)) === at, 'a page is another');
    demand(bytes.readBigUInt64LE(8) <= txn, 'a page is of the future');
    const isLeaf = depth === 1;
    demand(
      bytes.readUInt16LE(18) === (isLeaf ? page.leaf : page.branch),
      'a page is of another kind',
    );
    const [lower, upper] = [bytes.readUInt16LE(20), bytes.readUInt16LE(22)];
    demand(
      lower % 2 === 0 && lower >= 2 && lower <= upper && upper <= room,
      'a page is out of shape',
    );
    const places: (readonly [start: number, end: number])[] = [];
    for (let i = 0; i < lower / 2; i += 1) {
      const start = bytes.readUInt16LE(header + 2 * i);
      demand(start >= upper && start + nodeHead <= room, 'an entry is out of its page');
      const node = bytes.subarray(header + start);
      const [low, flags, keyLength] = [
        node.readUInt32LE(0),
        node.readUInt16LE(4),
        node.readUInt16LE(6),
      ];
      const data = nodeHead + keyLength;
      if (!isLeaf) {
        demand(data <= node.length, 'a key is out of its page');
        places.push([start, start + even(data)]);
        // The first one of a page stands for all that is less.
        if (i > 0) {
          const key = node.subarray(nodeHead, data);
          demand(!isFree || keyLength === 8, 'a key has a wrong length');
          checkKey(key, isFree);
          least = key;
        }
        await checkPage(low + flags * 2 ** 32, depth - 1, isFree);
        continue;
      }
      demand(keyLength > 0 && (!isFree || keyLength === 8), 'a key has a wrong length');
      demand(flags === 0 || flags === bigData, 'an entry is of another kind');
      const key = node.subarray(nodeHead, data);
      demand(data <= node.length, 'a key is out of its page');
      checkKey(key, isFree);
      [last, least] = [key, undefined];
      const length = flags === bigData ? overflowHead : low;
      demand(data + length <= node.length, 'a value is out of its page');
      places.push([start, start + even(data + length)]);
      const value = node.subarray(data, data + length);
      const whole = flags === bigData ? await readOverflow(value, low) : value;
      if (isFree) checkFree(whole);
    }
    // When an entry goes, LMDB moves what lies before it by the entry's size.
    places.sort(([a], [b]) => a - b);
    const isTight = places.every(([start], i) => start === (places[i - 1]?.[1] ?? upper));
    demand(isTight && places.at(-1)?.[1] === room, 'entries do not fill their place');
  };

  for (const tree of [meta.free, meta.main]) {
    [last, least] = [undefined, undefined];
    const isEmpty = tree.root === none;
    demand(isEmpty ? tree.depth === 0 : tree.depth >= 1 && tree.depth <= 32, 'a tree has no shape');
    if (!isEmpty) await checkPage(Number(tree.root), tree.depth, tree === meta.free);
  }
};

/** What another process writes meanwhile looks like damage. */
const attempts = 5;
const secondLookMs = 100;

interface Look {
  /** What is wrong. */
  readonly damage: string;
  /** Whose state it is; `undefined` when another process has written meanwhile. */
  readonly txn: bigint | undefined;
}

const look = async (file: FileHandle): Promise<Look | undefined> => {
  let before: Meta | undefined;
  try {
    before = await currentMeta(file);
    await walk(file, before);
    return undefined;
  } catch (error) {
    const after = await currentMeta(file).catch(() => undefined);
    const isMoving = before !== undefined && after !== undefined && after.txn !== before.txn;
    const damage = error instanceof Error ? error.message : String(error);
    return { damage, txn: isMoving ? undefined : (before?.txn ?? 0n) };
  }
};

/**
 * Whether LMDB can read a file and write to it without harm.
 *
 * @returns what is wrong, in a few words; `undefined` when nothing is, or when another process is
 *   writing to it all the time: then it can be used, evidently
 */
export const findDamage = async (path: string): Promise<string | undefined> => {
  const file = await open(path, 'r');
  try {
    let last: Look | undefined;
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const found = await look(file);
      if (found === undefined) return undefined;
      // A head that is read while it is written is half of each: only what is seen twice is there.
      if (found.txn !== undefined) {
        if (last?.txn === found.txn && last.damage === found.damage) return found.damage;
        await setTimeout(secondLookMs);
      }
      last = found;
    }
    return last?.txn === undefined ? undefined : last.damage;
  } finally {
    await file.close();
  }
};
