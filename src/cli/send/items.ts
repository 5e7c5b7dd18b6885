import { isSdkError } from '../../http/errors.ts';
import type { ReoPort } from '../../reo/port.ts';
import type { WireCount, WireEvent } from '../../reo/records.ts';
import type { UsageRecord } from '../../tracker/record.ts';
import { BadRow } from './bad-row.ts';
import { recordId } from './ids.ts';
import { kindOf } from './mapping.ts';
import type { Fields, Row } from './rows.ts';

/** A record of a file, ready to be sent. */
export interface Item {
  /** Its place in the journal: the row's number, or the record's where rows are folded. */
  readonly number: number;
  readonly record: UsageRecord;
  /** The line on which it stands, or the first row that is in it. */
  readonly line: number;
  /** The row as it stands there, unless the record is made of several. */
  readonly raw?: string;
}

/** What turns rows into records. */
export interface Making {
  /** See `recordId`. */
  readonly base: string;
  /** Rows without a time happened then, in milliseconds since 1970. */
  readonly startedAt: number;
  readonly toRecord: (row: Fields) => Fields;
  readonly port: Pick<ReoPort, 'toEvent' | 'toCount'>;
  /** Told of every row that cannot be sent. */
  readonly onBad: (row: Row, reason: string) => void;
  /** Told of every row without a time. */
  readonly onTimeless: () => void;
}

/** One record for each row, except for those that are done already. */
export async function* itemsOf(
  batches: AsyncIterable<readonly Row[]>,
  making: Making,
  isSettled: (row: number) => boolean,
): AsyncGenerator<readonly Item[], void, undefined> {
  for await (const rows of batches) {
    const items: Item[] = [];
    for (const row of rows) {
      if (isSettled(row.number)) continue;
      const item = unlessBad(row, making, itemOf);
      if (item !== undefined) items.push(item);
    }
    if (items.length > 0) yield items;
  }
}

function itemOf(row: Row, making: Making): Item {
  const { number, line, raw } = row;
  const fields = readFields(row, making);
  const id = recordId(making.base, number);
  fields.event_id ??= id;
  const kind = kindOf(fields);
  const wire = kind === 'event' ? making.port.toEvent(fields) : making.port.toCount(fields);
  return { number, line, raw, record: recordOf({ id, kind, calls: 1 }, wire) };
}

/** A row as a record, with the time of the run where it has none. */
export function readFields(row: Row, { toRecord, startedAt, onTimeless }: Making): Fields {
  const fields = toRecord(row.read());
  if (fields.event_at === undefined) {
    fields.event_at = Math.floor(startedAt / 1_000);
    onTimeless();
  }
  return fields;
}

/** What is made of a row, or `undefined` after it was told why that cannot be. */
export function unlessBad<T>(
  row: Row,
  making: Making,
  make: (row: Row, making: Making) => T,
): T | undefined {
  try {
    return make(row, making);
  } catch (error) {
    const isOfRow = error instanceof BadRow || (isSdkError(error) && error.code === 'config');
    if (!isOfRow) throw error;
    making.onBad(row, error.message);
    return undefined;
  }
}

export const recordOf = (
  known: Pick<UsageRecord, 'id' | 'kind' | 'calls'>,
  wire: WireEvent | WireCount,
): UsageRecord => ({ ...known, at: Date.now(), payload: JSON.stringify(wire) });
