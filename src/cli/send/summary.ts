import { formatNumber } from '../report/numbers.ts';
import { clean } from '../report/text.ts';
import type { Counts } from './journal-state.ts';
import { span } from './progress.ts';
import type { Reject } from './rejects.ts';

/** What a run came to. As JSON it is this object. */
export interface Summary {
  readonly file: string;
  /** How it ended. `checked`: by `--dry-run`. */
  readonly end: 'done' | 'checked' | 'interrupted' | 'held' | 'failed';
  /** Whether the same command goes on where this one ended: not with what cannot be told again. */
  readonly resumable: boolean;
  /** Records that were made of the file's rows in this run. */
  readonly records: number;
  readonly sent: number;
  /** Put into the outbox. */
  readonly kept: number;
  readonly dropped: number;
  /** Rows that cannot be sent. */
  readonly bad: number;
  /** Records that the API refused while it took others. */
  readonly dead: number;
  /** Records that wait in the outbox for whoever opens it next. */
  readonly left: number;
  readonly attempts: number;
  /** Of the attempts those that the API may have counted without an answer that says so. */
  readonly ambiguous: number;
  /** Rows without a time, which got that of the run. */
  readonly timeless: number;
  readonly durationMs: number;
  /** Where the bad and the dead ones are. */
  readonly rejects: string | null;
  /** The first of them. */
  readonly examples: readonly Pick<Reject, 'line' | 'reason'>[];
  /** What runs before this one came to. */
  readonly before: Counts;
}

/** The summary for people. */
export function renderSummary(summary: Summary): string {
  const { file, sent, kept, dropped, bad, dead, attempts, ambiguous, timeless } = summary;
  const seconds = summary.durationMs / 1_000;
  const done = summary.records + bad;
  const rows: (readonly [string, number, string])[] = [
    ...(summary.end === 'checked' ? [['valid', summary.records, ''] as const] : []),
    ...(kept > 0 ? [['kept', kept, 'in the outbox'] as const] : []),
    ['sent', sent, ambiguous > 0 ? `${formatNumber(ambiguous)} may have been counted twice` : ''],
    ['bad', bad, ''],
    ['dead', dead, dead > 0 ? 'the API refused them and took others' : ''],
    ['dropped', dropped, ''],
    ['left', summary.left, 'in the outbox, for whoever opens it next'],
    ['attempts', attempts, ''],
  ];
  const rate =
    seconds > 0 && done > 0 ? `, ${formatNumber(Math.round(done / seconds))} rows/s` : '';
  const lines = rows
    .filter(([name, count]) => name === 'sent' || count > 0)
    .map(([name, count, note]) =>
      `  ${name.padEnd(9)}${formatNumber(count).padStart(12)}  ${note}`.trimEnd(),
    );
  if (timeless > 0)
    lines.push(`  ${formatNumber(timeless)} rows have no event_at and got this run's`);
  for (const { line, reason } of summary.examples) lines.push(`  line ${line}: ${clean(reason)}`);
  if (summary.rejects !== null) lines.push(`  all that was not sent: ${summary.rejects}`);
  const earlier = Object.entries(summary.before).filter(([, count]) => count > 0);
  if (earlier.length > 0) {
    const told = earlier.map(([name, count]) => `${formatNumber(count)} ${name}`).join(', ');
    lines.push(`  before this run: ${told}`);
  }
  return `${clean(file)}: ${endOf(summary)} (${span(seconds)}${rate})\n${lines.join('\n')}\n`;
}

const ENDS: Readonly<Record<Summary['end'], string>> = {
  done: 'done',
  checked: 'checked, nothing was sent',
  interrupted: 'stopped',
  held: 'stopped, since nothing gets through',
  failed: 'failed',
};

function endOf(summary: Summary): string {
  const { end, resumable, sent, kept, ambiguous } = summary;
  if (end === 'done' || end === 'checked') return ENDS[end];
  if (resumable) {
    return `${ENDS[end]}; ${end === 'failed' ? 'once that is mended, ' : ''}the same command goes on`;
  }
  if (sent + kept + ambiguous === 0) return `${ENDS[end]}; nothing was sent`;
  return `${ENDS[end]}; it cannot go on: the same command sends all of it again, under other ids (give --id NAME next time)`;
}
