import type { ReoPort } from '../../reo/port.ts';
import { Mistake } from '../mistake.ts';
import { clean } from '../report/text.ts';
import { dryRun } from './dry-run.ts';
import { type End, type Ending, type Run, stoppable, type Tally } from './end.ts';
import { foldedItems } from './fold.ts';
import type { Input } from './input.ts';
import { type Item, itemsOf, type Making } from './items.ts';
import type { Journal } from './journal.ts';
import { checkColumns, createMapper, type Mapping } from './mapping.ts';
import type { Plan, SendFlags } from './plan.ts';
import { showProgress } from './progress.ts';
import type { Rejects } from './rejects.ts';
import { readRows, type Row } from './rows.ts';
import { sendDirectly } from './send-directly.ts';
import { sendThroughOutbox } from './send-through-outbox.ts';
import type { Summary } from './summary.ts';

/** Everything that a run works with. */
export interface Given {
  readonly plan: Plan;
  readonly flags: SendFlags;
  readonly input: Input;
  readonly port: ReoPort;
  /** See `recordId`. */
  readonly base: string;
  readonly journal: Journal;
  readonly rejects: Rejects;
}

export interface Work {
  readonly run: () => Promise<End>;
  /** Lets what is under way end. */
  readonly interrupt: () => void;
  /** Tells something, unless that is not wanted. */
  readonly note: (text: string) => void;
  readonly summary: (end: End, durationMs: number) => Summary;
}

/** All that there is to do for a file: read, make records, send them, and account for each. */
export function createWork(given: Given): Work {
  const { plan, flags, input, journal, rejects } = given;
  const before = { ...journal.counts() };
  const tally: Tally = {
    records: 0,
    timeless: 0,
    sent: 0,
    attempts: 0,
    ambiguous: 0,
    dead: 0,
    dropped: 0,
    left: 0,
  };
  const ending: Ending = stoppable();
  let trouble: string | undefined;

  const progress = showProgress(() => {
    const { sent, dead, dropped, kept, bad } = journal.counts();
    const done = sent + dead + dropped + kept + bad + (flags.dryRun ? tally.records : 0);
    return { done, bytes: input.bytesRead(), size: input.size, left: tally.left, trouble };
  }, flags.quiet);

  const items = counted(
    readItems(given, () => (tally.timeless += 1)),
    (more) => {
      tally.records += more;
    },
  );

  const run: Run = {
    ...given,
    items,
    ending,
    tally,
    hasSentBefore: before.sent > 0,
    onTrouble: (text) => {
      if (text !== undefined && text !== trouble) progress.tell(clean(text));
      trouble = text;
    },
  };

  return {
    run: async () => {
      try {
        if (flags.dryRun) return await dryRun(run);
        return await (flags.outbox === undefined
          ? sendDirectly(run)
          : sendThroughOutbox(run, flags.outbox));
      } finally {
        progress.end();
      }
    },
    interrupt: () => {
      ending.end({ is: 'interrupted' });
      // It may be waiting for more.
      input.stop();
    },
    note: progress.tell,
    summary: (end, durationMs) => {
      const counts = journal.counts();
      const isRejected = counts.bad + counts.dead > 0 && plan.rejects !== undefined;
      return {
        file: plan.source,
        end: end.is === 'done' && flags.dryRun ? 'checked' : end.is,
        resumable: plan.journal !== undefined && (input.identity ?? flags.id) !== undefined,
        ...tally,
        kept: counts.kept - before.kept,
        bad: counts.bad - before.bad,
        durationMs: Math.round(durationMs),
        rejects: isRejected ? (plan.rejects ?? null) : null,
        examples: rejects.first(),
        before,
      };
    },
  };
}

function readItems(
  { plan, input, port, base, journal, rejects }: Given,
  onTimeless: () => void,
): AsyncIterable<readonly Item[]> {
  const { mapping, fold, format } = plan;
  const onBad = ({ number, line, raw }: Row, reason: string): void => {
    // Where rows are folded, those behind a checkpoint are read again.
    if (fold !== undefined && number <= journal.lastBad) return;
    rejects.add({ line, reason, raw });
    journal.settle(number, 'bad');
  };
  const making: Making = {
    base,
    port,
    onBad,
    onTimeless,
    startedAt: journal.startedAt,
    toRecord: createMapper(mapping),
  };
  const rows = readRows(input.chunks, format, (columns) => checkHeader(columns, mapping));
  const { start, isSettled, checkpoint: onCheckpoint } = journal;
  return fold === undefined
    ? itemsOf(rows, making, isSettled)
    : foldedItems(rows, making, { ...fold, start, isSettled, onCheckpoint });
}

/** What is wrong with the header is wrong with every row. */
function checkHeader(columns: readonly string[], mapping: Mapping): void {
  const { unknown, missing } = checkColumns(columns, mapping);
  const list = (names: readonly string[]): string => clean(names.join(', ')).slice(0, 200);
  if (missing.length > 0) {
    throw new Mistake(`--map takes columns that the file has not: ${list(missing)}`);
  }
  if (unknown.length > 0) {
    throw new Mistake(
      `the file has columns that are no fields (${list(unknown)}): name them with --map, put them in ` +
        'meta with --meta-rest, or leave them out with --ignore-unknown',
    );
  }
}

async function* counted(
  batches: AsyncIterable<readonly Item[]>,
  count: (items: number) => void,
): AsyncGenerator<readonly Item[], void, undefined> {
  for await (const batch of batches) {
    count(batch.length);
    yield batch;
  }
}
