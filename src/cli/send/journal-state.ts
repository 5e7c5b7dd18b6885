import { createRanges, type Range, type Ranges } from './ranges.ts';

/** What became of a record or of a row, as a run tells it. */
export const OUTCOMES = ['sent', 'kept', 'dead', 'dropped', 'bad'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export type Counts = Readonly<Record<Outcome, number>>;

/** What makes two runs the same one: only then does the second go on where the first ended. */
export interface Begun {
  /** What the file is. */
  readonly file: string;
  /** What its rows mean: everything on the command line that changes the records. */
  readonly meaning: string;
  /** Where the records go. */
  readonly target: string;
  /** Whether rows are folded into counts, which are numbered apart from the rows. */
  readonly folds: boolean;
}

/** A place in the file where nothing is open: records are made from here on. */
export interface Checkpoint {
  /** The last row before it. */
  readonly row: number;
  /** The last record before it. */
  readonly record: number;
}

/** How far a file has come, over all runs. */
export interface JournalState extends Begun {
  /** When the first run began, in milliseconds since 1970; it is the "now" of all of them. */
  readonly startedAt: number;
  /** Where its runs put what cannot be sent, by the way from the journal; it may not be there yet. */
  rejects: string | undefined;
  readonly counts: Record<Outcome, number>;
  /** Records that are done, by number. */
  readonly settled: Ranges;
  /** The last row that was told as bad. */
  lastBad: number;
  /** With `--aggregate`: the latest place before which all is settled, and later ones. */
  readonly checkpoints: Checkpoint[];
  isFinished: boolean;
}

const VERSION = 1;

export const newState = (begun: Begun, startedAt: number): JournalState => ({
  ...begun,
  startedAt,
  rejects: undefined,
  counts: { sent: 0, kept: 0, dead: 0, dropped: 0, bad: 0 },
  settled: createRanges(),
  lastBad: 0,
  checkpoints: [],
  isFinished: false,
});

/**
 * One thing that happened, as one line of the journal:
 * `sent 17`, `bad 18`, `checkpoint 20000 311`, `finished`.
 */
export type Entry = string;

/** Does to the state what an entry says. @returns whether it is one */
export function apply(state: JournalState, entry: Entry): boolean {
  const [, word, first, second] =
    /^(\w+)(?: ([1-9]\d{0,15}))?(?: (0|[1-9]\d{0,15}))?$/.exec(entry) ?? [];
  const number = Number(first);
  if (word === 'finished' && first === undefined) state.isFinished = true;
  else if (word === 'checkpoint' && second !== undefined) {
    state.checkpoints.push({ row: number, record: Number(second) });
  } else if (OUTCOMES.includes(word as Outcome) && first !== undefined && second === undefined) {
    state.counts[word as Outcome] += 1;
    if (word === 'bad') state.lastBad = number;
    if (word !== 'bad' || !state.folds) state.settled.add(number);
  } else return false;
  return true;
}

/** The state on one line. */
export function render(state: JournalState): string {
  const { settled, checkpoints, ...plain } = state;
  return JSON.stringify({
    tallywire: 'send',
    version: VERSION,
    ...plain,
    settled: settled.list(),
    checkpoints: pastCheckpoints(state),
  });
}

/** Only the latest place before which all is settled matters, and those to come. */
function pastCheckpoints({ settled, checkpoints }: JournalState): readonly Checkpoint[] {
  const done = doneUntil(settled.list());
  const past = checkpoints.filter(({ record }) => record <= done);
  return [...past.slice(-1), ...checkpoints.filter(({ record }) => record > done)];
}

const doneUntil = ([first]: readonly Range[]): number => (first?.[0] === 1 ? first[1] : 0);

/** Where a run begins to make records. */
export function startOf(state: JournalState): Checkpoint {
  const done = doneUntil(state.settled.list());
  const past = state.checkpoints.filter(({ record }) => record <= done);
  return past.at(-1) ?? { row: 0, record: 0 };
}

/**
 * The state that a journal tells. Its last line may be torn, and does not count then.
 *
 * @returns `undefined` when it is no journal, or one of a later version
 */
export function replay(text: string): JournalState | undefined {
  const lines = text.split('\n');
  // What is behind the last line feed is nothing, or torn.
  lines.pop();
  const state = readState(lines.shift());
  if (state === undefined) return undefined;
  for (const line of lines) if (!apply(state, line)) return undefined;
  return state;
}

function readState(line: string | undefined): JournalState | undefined {
  try {
    const { tallywire, version, settled, ...plain } = JSON.parse(line ?? '') as JournalState & {
      readonly tallywire: unknown;
      readonly version: unknown;
    };
    if (tallywire !== 'send' || version !== VERSION) return undefined;
    return { ...plain, settled: createRanges(settled as unknown as readonly Range[]) };
  } catch {
    return undefined;
  }
}
