import { createHash, randomBytes } from 'node:crypto';

/**
 * Where things are in the store. All keys are bytes, told apart by the first one:
 *
 * | key | value |
 * |---|---|
 * | `m` | what is true of the whole store, as JSON (`Meta`) |
 * | `l` owner | an owner's lease, as JSON (`Lease`) |
 * | `r` range, sequence number | a record that is pending, or a window as it was saved last |
 * | `d` time, sequence number | a dead letter |
 * | `i` id | the key of the dead letter of that id; of the pending record, if the id is not random |
 */
const tag = { meta: 0x6d, lease: 0x6c, record: 0x72, dead: 0x64, id: 0x69 } as const;

/** An owner or a range: eight random bytes, as hex. */
export const newName = (): string => randomBytes(8).toString('hex');

const nameBytes = 8;
const recordKeyBytes = 1 + nameBytes + 6;

export const metaKey: Buffer = Buffer.from([tag.meta]);

export const leaseKey = (owner: string): Buffer => Buffer.from(`6c${owner}`, 'hex');
export const ownerOf = (key: Buffer): string => key.toString('hex', 1);

export const recordKey = (range: string, seq: number): Buffer => {
  const key = Buffer.allocUnsafe(recordKeyBytes);
  key[0] = tag.record;
  key.write(range, 1, 'hex');
  key.writeUIntBE(seq, 1 + nameBytes, 6);
  return key;
};
export const rangeOf = (key: Buffer): string => key.toString('hex', 1, 1 + nameBytes);
export const seqOf = (key: Buffer): number => key.readUIntBE(1 + nameBytes, 6);

export const deadKey = (at: number, seq: number): Buffer => {
  const key = Buffer.allocUnsafe(13);
  key[0] = tag.dead;
  key.writeUIntBE(Math.max(0, Math.floor(at)), 1, 6);
  key.writeUIntBE(seq, 7, 6);
  return key;
};

export const deadTimeOf = (key: Buffer): number => key.readUIntBE(1, 6);

/** Keys are bounded in length, ids of callers are not. */
const longId = 200;

export const idKey = (id: string): Buffer => {
  const bytes = Buffer.from(id);
  const name = bytes.length > longId ? createHash('sha256').update(bytes).digest() : bytes;
  return Buffer.concat([Buffer.from([tag.id]), name]);
};

/**
 * Whether an id is random (UUID version 4). One that is made of something (`tallywire send` makes them
 * of a file and a row) may come again from another process, so that the store must know it.
 */
export const isRandom = (id: string): boolean => id.length === 36 && id[14] === '4';

/** From here up to there, the end left out. */
export interface Span {
  readonly start: Buffer;
  readonly end: Buffer;
}

const spanOf = (first: number): Span => ({
  start: Buffer.from([first]),
  end: Buffer.from([first + 1]),
});

export const leases: Span = spanOf(tag.lease);
export const deadLetters: Span = spanOf(tag.dead);
export const records: Span = spanOf(tag.record);
export const recordsOf = (range: string, from = 0, below: number = 2 ** 48 - 1): Span => ({
  start: recordKey(range, from),
  end: recordKey(range, below),
});
