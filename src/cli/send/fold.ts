import type { WireCount } from '../../reo/records.ts';
import { recordId } from './ids.ts';
import { type Item, type Making, readFields, recordOf, unlessBad } from './items.ts';
import type { Checkpoint } from './journal-state.ts';
import type { Row } from './rows.ts';

export interface Folding {
  /** Length of a window, in milliseconds. */
  readonly every: number;
  /** Windows open at once; beyond it all are sealed, and the file goes on with none. */
  readonly maxKeys: number;
  /** Where nothing was open: rows and records before it are done. */
  readonly start: Checkpoint;
  readonly isSettled: (record: number) => boolean;
  readonly onCheckpoint: (checkpoint: Checkpoint) => void;
}

/** A count that is still open. */
interface Open {
  readonly wire: WireCount;
  readonly line: number;
  /** When its window ends, in milliseconds since 1970. */
  readonly end: number;
  calls: number;
}

/** What `--aggregate` holds open, by default: some 50 MB. */
export const MAX_KEYS = 50_000;

/** Made at once when windows are sealed. */
const BATCH = 1_000;

/**
 * Folds rows into counts over windows of their own time; an event counts 1. The same rows from the same
 * start always make the same records, in the same order, under the same ids.
 */
export async function* foldedItems(
  batches: AsyncIterable<readonly Row[]>,
  making: Making,
  { every, maxKeys, start, isSettled, onCheckpoint }: Folding,
): AsyncGenerator<readonly Item[], void, undefined> {
  const open = new Map<string, Open>();
  let { row: lastRow, record: lastRecord } = start;

  for await (const rows of batches) {
    for (const row of rows) {
      if (row.number <= start.row) continue;
      const folded = unlessBad(row, making, countOf);
      if (folded !== undefined) {
        const key = keyOf(folded, every);
        const sum = (open.get(key)?.wire.count ?? 0) + folded.count;
        if (!Number.isSafeInteger(sum) || (!open.has(key) && open.size >= maxKeys)) yield* seal();
        add(key, folded, row.line);
      }
      lastRow = row.number;
    }
  }
  yield* seal();

  function add(key: string, wire: WireCount, line: number): void {
    const found = open.get(key);
    if (found === undefined) {
      const end = (windowOf(wire, every) + 1) * every;
      open.set(key, { wire, line, end, calls: 1 });
    } else {
      found.wire.count += wire.count;
      found.calls += 1;
    }
  }

  function* seal(): Generator<readonly Item[], void, undefined> {
    if (open.size === 0) return;
    let items: Item[] = [];
    for (const one of open.values()) {
      lastRecord += 1;
      if (isSettled(lastRecord)) continue;
      items.push(sealed(one, lastRecord, making));
      if (items.length < BATCH) continue;
      yield items;
      items = [];
    }
    if (items.length > 0) yield items;
    open.clear();
    onCheckpoint({ row: lastRow, record: lastRecord });
  }
}

/** A row as a count, without what only one event has. */
function countOf(row: Row, making: Making): WireCount {
  const { event_id: _, ...fields } = readFields(row, making);
  const mode = fields.user_id === undefined && fields.domain !== undefined ? 'DOMAIN' : 'USER';
  return making.port.toCount({ mode, count: 1, ...fields });
}

const windowOf = (wire: WireCount, every: number): number =>
  Math.floor((wire.event_at * 1_000) / every);

/** Everything but the number and the moment; the order of keys in `meta` is no difference. */
function keyOf(wire: WireCount, every: number): string {
  const { meta } = wire;
  const alike = { ...wire, count: 0, event_id: '', event_at: windowOf(wire, every) };
  return JSON.stringify(meta === undefined ? alike : { ...alike, meta: sorted(meta) });
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const entries = Object.entries(value).map(([key, one]): [string, unknown] => [key, sorted(one)]);
  // Still an object, so that none is taken for an array.
  return { '': entries.sort(([a], [b]) => (a < b ? -1 : 1)).flat() };
}

/** Its time is the window's end, but not after the time at which the file was begun. */
function sealed({ wire, calls, end, line }: Open, number: number, making: Making): Item {
  const id = recordId(making.base, number);
  const at = Math.floor(Math.min(end, making.startedAt) / 1_000);
  const count = { ...wire, event_id: id, event_at: at };
  return { number, line, record: recordOf({ id, kind: 'count', calls }, count) };
}
