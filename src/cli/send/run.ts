import { constants } from 'node:os';
import type { Command } from 'commander';
import { createReoClient } from '../../reo/client.ts';
import { portOf } from '../../reo/port.ts';
import { EXIT } from '../exit-codes.ts';
import { Mistake } from '../mistake.ts';
import type { End } from './end.ts';
import { acquireLock } from './lock.ts';
import { openInput } from './input.ts';
import { type Journal, openJournal } from './journal.ts';
import { identify, type Plan, planOf, type SendFlags } from './plan.ts';
import { openRejects } from './rejects.ts';
import { renderSummary, type Summary } from './summary.ts';
import { createWork, type Work } from './work.ts';

/** Sends a file, or checks it, and says what came of it. */
export async function runSend(source: string, flags: SendFlags, command: Command): Promise<void> {
  const started = performance.now();
  try {
    const plan = planOf(source, flags);
    const { summary, code, error } = await run(plan, flags, started);
    if (error !== undefined) console.error(`tallywire: ${error}`);
    // First: it stands, whether or not the summary can be written.
    process.exitCode = code;
    process.stdout.write(flags.json ? `${JSON.stringify(summary)}\n` : renderSummary(summary));
  } catch (error) {
    if (error instanceof Mistake) command.error(`error: ${error.message}`);
    throw error;
  }
}

interface Ran {
  readonly summary: Summary;
  readonly code: number;
  /** What went wrong, in a sentence. */
  readonly error?: string;
}

async function run(plan: Plan, flags: SendFlags, started: number): Promise<Ran> {
  const input = await openInput(plan.source);
  const reo = createReoClient({
    concurrency: flags.concurrency,
    ...(flags.rate !== undefined && { rateLimit: { perSecond: flags.rate } }),
  });
  const port = portOf(reo);
  const { file, meaning, base } = identify(plan, input, flags.id);
  const lock = plan.journal === undefined ? undefined : acquireLock(`${plan.journal}.lock`);
  let journal: Journal | undefined;
  try {
    const begun = { file, meaning, target: port.baseUrl(), folds: plan.fold !== undefined };
    const { restart } = flags;
    journal = openJournal(plan.journal, begun, { now: Date.now(), restart });
    const rejects = openRejects(plan.rejects, journal);
    const work = createWork({ plan, flags, input, port, base, journal, rejects });
    if (journal.isFinished()) work.note(`${plan.source} was sent before: --restart sends it again`);
    const { end, signal } = journal.isFinished()
      ? { end: { is: 'done' } as const, signal: undefined }
      : await interruptible(work);
    if (end.is === 'done') journal.finish();
    rejects.close();
    input.stop();
    if (end.is === 'failed' && end.error instanceof Mistake) throw end.error;
    const summary = work.summary(end, performance.now() - started);
    return { summary, code: codeOf(end, summary, signal), ...errorOf(end) };
  } finally {
    journal?.close();
    lock?.release();
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The first signal lets what is under way end, the second one does not. */
async function interruptible(
  work: Work,
): Promise<{ readonly end: End; readonly signal: NodeJS.Signals | undefined }> {
  let signal: NodeJS.Signals | undefined;
  const onSignal = (name: NodeJS.Signals): void => {
    if (signal !== undefined) process.exit(statusOf(name));
    signal = name;
    work.note('stopping when what is under way has ended; once more to stop at once');
    work.interrupt();
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  try {
    return { end: await work.run(), signal };
  } finally {
    for (const name of SIGNALS) process.off(name, onSignal);
  }
}

/** As shells have it: 130 for ctrl-C. */
const statusOf = (signal: NodeJS.Signals): number => 128 + constants.signals[signal];

function codeOf(end: End, summary: Summary, signal: NodeJS.Signals | undefined): number {
  if (end.is === 'interrupted') return statusOf(signal ?? 'SIGINT');
  if (end.is !== 'done') return EXIT.failed;
  const lost = [summary, summary.before].map(({ bad, dead, dropped }) => bad + dead + dropped);
  return Math.max(...lost) > 0 ? EXIT.incomplete : EXIT.done;
}

function errorOf(end: End): { readonly error?: string } {
  if (end.is === 'held') return { error: end.detail };
  if (end.is !== 'failed') return {};
  return { error: end.error instanceof Error ? end.error.message : String(end.error) };
}
