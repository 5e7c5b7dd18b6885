import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../src/tracker/clock.ts';
import {
  type LmdbOutbox,
  type LmdbOutboxOptions,
  openLmdbOutbox,
} from '../../src/tracker/lmdb/index.ts';

/** A directory of its own, and what takes it away again. */
export const outboxDir = (): { readonly dir: string; readonly remove: () => void } => {
  const dir = mkdtempSync(join(tmpdir(), 'tallywire-outbox-'));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
};

/** The system's clock, until it is stopped: then nothing is called any more, as in a dead process. */
export const mortalClock = (): Clock & { readonly kill: () => void } => {
  let isDead = false;
  return {
    ...systemClock,
    after: (ms, call, keepsAlive) =>
      systemClock.after(ms, () => (isDead ? undefined : call()), keepsAlive),
    kill: () => {
      isDead = true;
    },
  };
};

/** An outbox whose process can be killed, as far as others can see. */
export const mortalOutbox = async (
  dir: string,
  options: LmdbOutboxOptions = {},
): Promise<{ readonly outbox: LmdbOutbox; readonly kill: () => void }> => {
  const clock = mortalClock();
  const outbox = await openLmdbOutbox(dir, { lease: '500ms', clock, ...options });
  return { outbox, kill: clock.kill };
};

/** Until it holds, or fails with what did not hold. */
export const eventually = async (check: () => unknown, withinMs = 10_000): Promise<void> => {
  for (const until = performance.now() + withinMs; ;) {
    try {
      await check();
      return;
    } catch (error) {
      if (performance.now() > until) throw error;
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
  }
};
