import type { LmdbOutbox } from '../tracker/lmdb/index.ts';
import type { UsageRecord } from '../tracker/record.ts';
import type { Tally, Totals } from '../tracker/tally.ts';
import { formatNumber, plural } from './report/numbers.ts';
import { clean } from './report/text.ts';

/** A record in an outbox, and how it stands with it. */
export interface Entry {
  readonly record: UsageRecord;
  /** `open`: a window that a service is still counting in. */
  readonly state: 'pending' | 'open' | 'dead';
  /** Why and when it died. */
  readonly reason?: string;
  readonly diedAt?: number;
}

/** What is in an outbox: the dead first, since they wait for somebody. */
export async function* entriesOf(
  outbox: LmdbOutbox,
  { dead, pending }: { readonly dead: boolean; readonly pending: boolean },
): AsyncGenerator<Entry> {
  if (dead || !pending) {
    for await (const { record, reason, at } of outbox.dead.list()) {
      yield { record, state: 'dead', reason, diedAt: at };
    }
  }
  if (dead && !pending) return;
  for await (const { record, isOpen } of outbox.pending()) {
    yield { record, state: isOpen ? 'open' : 'pending' };
  }
}

/** Waits when the reader is slower. */
export const write = (text: string): Promise<void> =>
  new Promise((resolve) => {
    if (process.stdout.write(text)) resolve();
    else process.stdout.once('drain', resolve);
  });

const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'm'],
  [1_000, 's'],
] as const;

const ageOf = (at: number, now: number): string => {
  const ms = Math.max(0, now - at);
  const [size, unit] = UNITS.find(([length]) => ms >= length) ?? [1_000, 's'];
  return `${Math.floor(ms / size)}${unit}`;
};

/** A line for a record, without what is in it. */
export function renderEntry(entry: Entry, isJson: boolean, now: number): string {
  const { record, state, reason, diedAt } = entry;
  const { id, kind, calls, at } = record;
  if (isJson) return `${JSON.stringify({ id, state, kind, calls, at, reason, diedAt })}\n`;
  const words = [
    state.padEnd(7),
    clean(id).padEnd(36),
    kind.padEnd(5),
    plural(calls, 'call').padStart(10),
    ageOf(at, now).padStart(5),
    reason === undefined ? '' : clean(reason),
  ];
  return `${words.join('  ').trimEnd()}\n`;
}

/** What became of everything. */
export function renderStats(totals: Totals, newer: number, isJson: boolean, now: number): string {
  if (isJson) return `${JSON.stringify({ ...totals, newer })}\n`;
  const { given, sent, pending, dead, dropped, oldestAt } = totals;
  const line = (name: string, { records, calls }: Tally, more = ''): string =>
    `${name.padEnd(20)}${formatNumber(records).padStart(14)}${formatNumber(calls).padStart(16)}${more}\n`;
  const oldest = oldestAt === undefined ? '' : `   the oldest ${ageOf(oldestAt, now)} old`;
  return [
    `${' '.repeat(20)}${'records'.padStart(14)}${'calls'.padStart(16)}\n`,
    line('given', given),
    line('sent', sent),
    line('pending', pending, oldest),
    line('dead', dead),
    ...Object.entries(dropped).map(([reason, tally]) => line(`dropped: ${reason}`, tally)),
    newer > 0 ? `${plural(newer, 'pending record')} of a newer version: left alone\n` : '',
  ].join('');
}
