import type { UsageRecord } from '../record.ts';

/** The version of how records are written. What is written by a newer one is left alone. */
const recordVersion = 1;

const headBytes = 20;
let scratch = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * A record as bytes: version, kind, calls, time, length of the id, id, payload. They are those of a
 * buffer that the next call writes to: for what copies at once.
 */
export const encodeRecord = (record: UsageRecord): Buffer => {
  const { id, payload } = record;
  const most = headBytes + 3 * (id.length + payload.length);
  if (most > scratch.length) scratch = Buffer.allocUnsafeSlow(most);
  scratch[0] = recordVersion;
  scratch[1] = record.kind === 'event' ? 0 : 1;
  scratch.writeDoubleBE(record.calls, 2);
  scratch.writeDoubleBE(record.at, 10);
  const idBytes = scratch.write(id, headBytes);
  scratch.writeUInt16BE(idBytes, 18);
  const end = headBytes + idBytes + scratch.write(payload, headBytes + idBytes);
  return scratch.subarray(0, end);
};

/** What is known of a record without its payload; `undefined` when a newer version wrote it. */
export const readHead = (
  value: Buffer,
): { readonly id: string; readonly calls: number; readonly at: number } | undefined => {
  if (value[0] !== recordVersion || value.length < headBytes) return undefined;
  const end = headBytes + value.readUInt16BE(18);
  return {
    id: value.toString('utf8', headBytes, end),
    calls: value.readDoubleBE(2),
    at: value.readDoubleBE(10),
  };
};

/** The record; `undefined` when a newer version wrote it. */
export const decodeRecord = (value: Buffer): UsageRecord | undefined => {
  const head = readHead(value);
  if (head === undefined) return undefined;
  const start = headBytes + value.readUInt16BE(18);
  return {
    id: head.id,
    kind: value[1] === 0 ? 'event' : 'count',
    calls: head.calls,
    at: head.at,
    payload: value.toString('utf8', start),
  };
};

/** The same record, of another time. */
export const withTime = (value: Buffer, at: number): Buffer => {
  const copy = Buffer.from(value);
  copy.writeDoubleBE(at, 10);
  return copy;
};

/** A dead letter: the length of the reason, the reason, and the record as it was. */
export const encodeDead = (reason: string, record: Buffer): Buffer => {
  const words = Buffer.from(reason.slice(0, 1_000));
  const length = Buffer.allocUnsafe(2);
  length.writeUInt16BE(words.length);
  return Buffer.concat([length, words, record]);
};

export const splitDead = (value: Buffer): { readonly reason: string; readonly record: Buffer } => {
  const end = 2 + value.readUInt16BE(0);
  return { reason: value.toString('utf8', 2, end), record: value.subarray(end) };
};
