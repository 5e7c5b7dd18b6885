import { closeSync, fstatSync, openSync, readSync, rmSync, statSync, writeSync } from 'node:fs';
import type { Journal } from './journal.ts';

/** A row, or a record of many, that was not sent, and why. */
export interface Reject {
  /** Where it stands in the file, or its first row does. */
  readonly line: number;
  readonly reason: string;
  /** The row as it stands there. */
  readonly raw?: string;
  /** The record that was made of several rows. */
  readonly record?: unknown;
}

/** Keeps what was not sent. */
export interface Rejects {
  readonly add: (reject: Reject) => void;
  /** The first few of this run, without what stands in them. */
  readonly first: () => readonly Pick<Reject, 'line' | 'reason'>[];
  readonly close: () => void;
}

const SHOWN = 5;

/**
 * @param path a file that is made with the first reject, for its owner alone; `undefined` keeps none
 * @param journal tells whether what is in that file is of its own runs: only then it is added to, or
 *   removed when they begin anew
 * @throws Error in a sentence when it cannot be written, or has something else in it.
 */
export function openRejects(
  path: string | undefined,
  journal: Pick<Journal, 'isResumed' | 'hasRejectsIn' | 'putRejectsInto'>,
): Rejects {
  const shown: Pick<Reject, 'line' | 'reason'>[] = [];
  let file: number | undefined;
  if (path !== undefined) {
    makeRoom(path, journal);
    journal.putRejectsInto(path);
  }
  return {
    add: (reject) => {
      const { line, reason } = reject;
      if (shown.length < SHOWN) shown.push({ line, reason });
      if (path === undefined) return;
      file ??= open(path);
      writeSync(file, `${JSON.stringify(reject)}\n`);
    },
    first: () => shown,
    close: () => {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}

/** What another run could not send may be there and nowhere else. */
function makeRoom(
  path: string,
  { isResumed, hasRejectsIn }: Pick<Journal, 'isResumed' | 'hasRejectsIn'>,
): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) return;
  if (!hasRejectsIn(path)) {
    throw new Error(
      `${path} has something in it that is not of this job: move it away, or --rejects FILE names another`,
    );
  }
  if (!isResumed) rmSync(path, { force: true });
}

function open(path: string): number {
  try {
    const file = openSync(path, 'a+', 0o600);
    // A run that was killed may have left half a line.
    const { size } = fstatSync(file);
    const last = Buffer.alloc(1);
    if (size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last.toString() !== '\n') {
      writeSync(file, '\n');
    }
    return file;
  } catch (error) {
    throw new Error(`cannot write ${path}: ${(error as Error).message}`, { cause: error });
  }
}
