import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import {
  apply,
  type Begun,
  type Checkpoint,
  type Counts,
  type Entry,
  type JournalState,
  newState,
  type Outcome,
  render,
  replay,
  startOf,
} from './journal-state.ts';
import { ascending } from './ranges.ts';

/** Keeps how far a file has come, so that the same command can go on after any end. */
export interface Journal {
  /** When the first run on this file began, in milliseconds since 1970. */
  readonly startedAt: number;
  /** Whether an earlier run has brought this one on its way. */
  readonly isResumed: boolean;
  readonly isFinished: () => boolean;
  /** Over all runs. */
  readonly counts: () => Counts;
  /** Where to begin to make records. */
  readonly start: Checkpoint;
  /** Whether an earlier run is done with a record. To be asked in ascending order. */
  readonly isSettled: (record: number) => boolean;
  /** The last row that an earlier run told as bad. */
  readonly lastBad: number;
  /** Whether runs before this one have put what cannot be sent into a file, also if this begins anew. */
  readonly hasRejectsIn: (file: string) => boolean;
  /** Notes that the runs from here on put it there. */
  readonly putRejectsInto: (file: string) => void;
  readonly settle: (number: number, outcome: Outcome) => void;
  readonly checkpoint: (checkpoint: Checkpoint) => void;
  readonly finish: () => void;
  readonly close: () => void;
}

/** Entries after which the file is written anew, in short. */
const MOST_ENTRIES = 200_000;

/**
 * Opens the journal of a file, or begins it. Every entry is one small append to the file: it is there
 * after a kill -9 (after a power cut the last seconds may be missing, and are sent again).
 *
 * @param path `undefined` keeps it in memory
 * @throws Error in a sentence when it belongs to another run, or cannot be read or written.
 */
export function openJournal(
  path: string | undefined,
  begun: Begun,
  options: { readonly now: number; readonly restart?: boolean; readonly mostEntries?: number },
): Journal {
  const { now, restart = false, mostEntries = MOST_ENTRIES } = options;
  const found = path === undefined ? undefined : read(path, restart);
  const goesOn = found && !restart && isSame(found, begun);
  const state = goesOn ? found : { ...newState(begun, now), rejects: found?.rejects };
  // What sent nothing binds nobody.
  if (found && !restart && !goesOn && isBinding(found)) {
    throw new Error(refusal(path, found, begun));
  }
  const before = { ...state.counts };
  const start = startOf(state);
  const { lastBad } = state;
  const isSettled = ascending(state.settled.list());
  let entries = 0;
  let file = path === undefined ? undefined : rewrite(path, state);

  const append = (entry: Entry): void => {
    apply(state, entry);
    if (path === undefined || file === undefined) return;
    writeSync(file, `${entry}\n`);
    entries += 1;
    if (entries >= mostEntries) shorten();
  };

  const shorten = (): void => {
    if (path === undefined || file === undefined) return;
    closeSync(file);
    file = undefined;
    file = rewrite(path, state);
    entries = 0;
  };

  /** By the way from the journal, so that both can be moved. */
  const wayTo = (other: string): string => relative(dirname(resolve(path ?? '')), resolve(other));

  return {
    startedAt: state.startedAt,
    isResumed: Object.values(before).some((count) => count > 0),
    isFinished: () => state.isFinished,
    counts: () => state.counts,
    start,
    isSettled,
    lastBad,
    hasRejectsIn: (other) => state.rejects === wayTo(other),
    putRejectsInto: (other) => {
      if (state.rejects === wayTo(other)) return;
      state.rejects = wayTo(other);
      shorten();
    },
    settle: (number, outcome) => append(`${outcome} ${number}`),
    checkpoint: ({ row, record }) => append(`checkpoint ${row} ${record}`),
    finish: () => {
      if (state.isFinished) return;
      append('finished');
      shorten();
    },
    close: () => {
      if (file === undefined) return;
      closeSync(file);
      file = undefined;
      if (path !== undefined && isUntouched(state)) rmSync(path, { force: true });
    },
  };
}

/** @param isForgiving whether what is no journal is none, in place of an error */
function read(path: string, isForgiving: boolean): JournalState | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (isForgiving || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`cannot read ${path}: ${(error as Error).message}`, { cause: error });
  }
  const state = replay(text);
  if (state !== undefined || isForgiving) return state;
  throw new Error(`${path} is no journal that this version can read: move it away`);
}

const isSame = (found: Begun, begun: Begun): boolean =>
  found.file === begun.file &&
  found.target === begun.target &&
  found.meaning === begun.meaning &&
  found.folds === begun.folds;

const isUntouched = ({ counts, isFinished }: JournalState): boolean =>
  !isFinished && Object.values(counts).every((count) => count === 0);

const isBinding = ({ counts: { bad: _, ...others } }: JournalState): boolean =>
  Object.values(others).some((count) => count > 0);

function refusal(path: string | undefined, found: Begun, begun: Begun): string {
  const ways = '--progress FILE keeps another journal, --restart sends everything again';
  if (found.file !== begun.file) {
    return `${path} is about another file, or this one has changed since: send what is new as a file of its own. Its rows have other ids now: ${ways} under those`;
  }
  return found.target === begun.target
    ? `this file was begun with other options, under which its rows are other records: ${ways}`
    : `${path} is about records that went to ${found.target}: ${ways}`;
}

/** In one step, so that there always is a whole one. @returns the file, to append to */
function rewrite(path: string, state: JournalState): number {
  const draft = `${path}.draft`;
  try {
    rmSync(draft, { force: true });
    const file = openSync(draft, 'ax', 0o600);
    try {
      writeSync(file, `${render(state)}\n`);
      fsyncSync(file);
      renameSync(draft, path);
    } catch (error) {
      closeSync(file);
      throw error;
    }
    return file;
  } catch (error) {
    throw new Error(`cannot write ${path}: ${(error as Error).message}`, { cause: error });
  }
}
