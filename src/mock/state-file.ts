import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { checkBody } from './control/check.ts';
import type { Mock } from './mock.ts';
import type { Report } from './report.ts';
import type { Snapshot } from './schemas.ts';
import { snapshotOf } from './snapshot.ts';

/** A state that outlives the process. */
export interface KeptState {
  /** Writes what is not written yet. */
  readonly close: () => Promise<void>;
}

/** At most so often: a write is of everything. */
const PAUSE_MS = 1_000;
/** While it is written, nobody is answered: pauses are so many times as long as writes. */
const REST = 10;

/**
 * Restores the state from a file, if it is there. The options of the start win over it.
 *
 * @throws Error with a sentence for people if the file is not a state.
 */
export async function restoreState(mock: Mock, file: string): Promise<void> {
  const text = await readIfThere(file);
  if (text === undefined) return;
  restore(mock, file, text);
  mock.insist();
}

/**
 * Writes the state to a file, now and after changes.
 *
 * @throws Error with a sentence for people if it cannot be written now.
 */
export async function keepState(
  mock: Mock,
  file: string,
  report: (report: Report) => void,
): Promise<KeptState> {
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();
  let pause = PAUSE_MS;
  const save = async (): Promise<void> => {
    const begun = performance.now();
    try {
      await replace(file, JSON.stringify(snapshotOf(mock, true)));
    } finally {
      pause = Math.max(PAUSE_MS, (performance.now() - begun) * REST);
    }
  };
  const write = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    writing = writing.then(save).catch((error: Error) => {
      report({
        kind: 'problem',
        text: `The state cannot be written to ${file}: ${error.message}`,
      });
    });
    return writing;
  };
  const stop = mock.events.listen(({ type }) => {
    if (type === 'changed') timer ??= setTimeout(() => void write(), pause);
  });
  // A file that cannot be written is told now, and not after a day of work.
  await save().catch((error: Error) => {
    stop();
    throw new Error(`The state cannot be written to ${file}: ${error.message}`, { cause: error });
  });
  return {
    close: () => {
      stop();
      return write();
    },
  };
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`The state cannot be read from ${file}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function restore(mock: Mock, file: string, text: string): void {
  try {
    const saved = JSON.parse(text) as Snapshot;
    checkBody('restoreSnapshot', saved, 'This is no snapshot');
    mock.restore(saved);
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'it is not JSON' : (error as Error).message;
    throw new Error(`${file} is no state of the emulator: ${reason}`, { cause: error });
  }
}

/** Readers find the old file or the new one, never half of one. */
async function replace(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomUUID()}.tmp`;
  try {
    // It holds tokens: nobody else may read it, or have put a file of his own there before.
    await writeFile(draft, text, { mode: 0o600, flag: 'wx', flush: true });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
