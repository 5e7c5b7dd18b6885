import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openDb, loadLmdb } from '../../src/tracker/lmdb/db.ts';
import { openLmdbOutbox } from '../../src/tracker/lmdb/index.ts';
import type { Outcome } from '../support/outbox-open-child.ts';
import { bundleChild } from '../support/outbox-kill.ts';
import { outboxDir } from '../support/outbox-lmdb.ts';
import { event } from '../support/outbox-records.ts';

const unusable = { code: 'outbox', reason: 'unusable' };

const fresh = (): string => {
  const { dir, remove } = outboxDir();
  onTestFinished(remove);
  return dir;
};

/** A store with something in it, closed. */
let sample: ReturnType<typeof outboxDir>;
let child: Awaited<ReturnType<typeof bundleChild>>;
beforeAll(async () => {
  child = await bundleChild('outbox-open-child.ts');
  sample = outboxDir();
  const outbox = await openLmdbOutbox(sample.dir);
  for (let i = 0; i < 20; i += 1) {
    await outbox.put(Array.from({ length: 10 }, () => event('jo', 'x'.repeat(i * 40))));
    const taken = await outbox.take(4);
    for (const one of taken) await outbox.settle(one, { to: 'sent' });
  }
  await outbox.close();
});
afterAll(() => {
  sample.remove();
  child.remove();
});

/** Opens and uses stores in a process of its own, as a host would. */
const useInChild = (dirs: readonly string[], file = child.file): readonly string[] => {
  const { status, signal, stdout } = spawnSync(process.execPath, [file, ...dirs], {
    encoding: 'utf8',
    timeout: 10_000 + dirs.length * 2_000,
  });
  const said = stdout.split('\n').filter((line) => line !== '');
  return status === 0 ? said : [...said, signal ?? `exit ${status}`];
};

describe('files that are no outbox', () => {
  test.each([
    ['text', Buffer.from('hello, I am no database'.repeat(1_000))],
    ['zeros', Buffer.alloc(100_000)],
    ['nothing of a page', Buffer.from([1, 2, 3])],
  ])('%s: refused, and left as it is', async (_, content) => {
    const dir = fresh();
    writeFileSync(join(dir, 'data.mdb'), content);
    await expect(openLmdbOutbox(dir)).rejects.toMatchObject({
      ...unusable,
      hint: expect.stringContaining('move it away') as string,
    });
    expect(readFileSync(join(dir, 'data.mdb')).equals(content)).toBe(true);
  });

  test('an empty file: begun anew', async () => {
    const dir = fresh();
    writeFileSync(join(dir, 'data.mdb'), '');
    const outbox = await openLmdbOutbox(dir);
    await outbox.put([event()]);
    await outbox.close();
  });

  test("another program's LMDB: refused, and left as it is", async () => {
    const dir = fresh();
    const db = openDb(await loadLmdb(), dir);
    await db.childTransaction(() => db.put(Buffer.from('theirs'), Buffer.from('precious')));
    await db.close();
    await expect(openLmdbOutbox(dir)).rejects.toThrow(/belongs to something else/);
    const again = openDb(await loadLmdb(), dir);
    expect(String(again.getBinary(Buffer.from('theirs')))).toBe('precious');
    await again.close();
  });

  test('a file where the directory should be', async () => {
    const dir = join(fresh(), 'file');
    writeFileSync(dir, 'x');
    await expect(openLmdbOutbox(dir)).rejects.toMatchObject(unusable);
  });

  describe.each(['data.mdb', 'lock.mdb', 'closed'])('%s', (name) => {
    test('is a link to elsewhere: refused, and nothing is written there', async () => {
      const [dir, victim] = [fresh(), join(fresh(), 'victim')];
      writeFileSync(victim, '');
      symlinkSync(victim, join(dir, name));
      await expect(openLmdbOutbox(dir)).rejects.toMatchObject({
        ...unusable,
        message: expect.stringContaining('not a regular file') as string,
      });
      expect(readFileSync(victim, 'utf8')).toBe('');
    });

    test('is a pipe: refused, nobody waits for its other end', async () => {
      const dir = fresh();
      execFileSync('mkfifo', [join(dir, name)]);
      await expect(openLmdbOutbox(dir)).rejects.toMatchObject(unusable);
    });
  });

  test.each(['symbolic', 'hard'])('a %s link that comes later is not written to', async (kind) => {
    const [dir, victim] = [fresh(), join(fresh(), 'victim')];
    writeFileSync(victim, 'precious');
    const outbox = await openLmdbOutbox(dir);
    (kind === 'hard' ? linkSync : symlinkSync)(victim, join(dir, 'closed'));
    await outbox.close();
    expect(readFileSync(victim, 'utf8')).toBe('precious');
    expect(lstatSync(join(dir, 'closed')).isFile()).toBe(true);
  });

  test.each([
    [0o777, 'refused'],
    [0o1777, 'refused'],
    [0o775, 'used'],
    [0o755, 'used'],
  ])('a directory of mode %o: %s', async (mode, outcome) => {
    const dir = fresh();
    chmodSync(dir, mode);
    const opening = openLmdbOutbox(dir);
    if (outcome === 'used') return await (await opening).close();
    await expect(opening).rejects.toMatchObject({
      ...unusable,
      message: expect.stringContaining('not safe from others') as string,
    });
    // What its hint says helps.
    await (await openLmdbOutbox(join(dir, 'own'))).close();
  });

  test.runIf(process.getuid?.() === 0)('a directory of another user, or group', async () => {
    const dir = fresh();
    chownSync(dir, 4_711, 0);
    await expect(openLmdbOutbox(dir)).rejects.toThrow(/belongs to another user/);
    chownSync(dir, 0, 4_711);
    chmodSync(dir, 0o770);
    await expect(openLmdbOutbox(dir)).rejects.toThrow(/another group may write/);
  });

  test('a filesystem on which nothing can be written', async () => {
    // /proc is there for root too, and nobody can make a directory in it.
    await expect(openLmdbOutbox('/proc/tallywire')).rejects.toMatchObject(unusable);
  });
});

test('without the package lmdb: an error that says what to install', () => {
  // From here no packages are found.
  const alone = join(fresh(), 'alone.mjs');
  cpSync(child.file, alone);
  expect(useInChild([sample.dir], alone)).toEqual(['no lmdb']);
});

describe('damaged files never end the process', () => {
  const trials = process.env.LONG === undefined ? 30 : 1_000;
  let state = 7;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const copy = (): { readonly dir: string; readonly file: string } => {
    const dir = join(fresh(), 'copy');
    mkdirSync(dir);
    const file = join(dir, 'data.mdb');
    cpSync(join(sample.dir, 'data.mdb'), file);
    return { dir, file };
  };

  const damaged = (damage: (file: string) => void): readonly string[] => {
    const dirs = Array.from({ length: trials }, () => {
      const { dir, file } = copy();
      damage(file);
      return dir;
    });
    return useInChild(dirs);
  };

  test('as it was: used', () => {
    expect(useInChild([copy().dir])).toEqual(['used']);
  });

  test(`cut off, ${trials} times`, { timeout: 20_000 + trials * 2_000 }, () => {
    const said = damaged((file) => truncateSync(file, 1 + random(statSync(file).size - 1)));
    expect(said).toHaveLength(trials);
    // Where only free pages are missing, nothing is.
    expect(new Set(said)).toEqual(new Set<Outcome>(['used', 'unusable']));
  });

  test(`with wrong bytes, ${trials} times`, { timeout: 20_000 + trials * 2_000 }, () => {
    const said = damaged((file) => {
      const bytes = readFileSync(file);
      for (let i = 0; i < 5; i += 1) bytes[random(bytes.length)] = random(256);
      writeFileSync(file, bytes);
    });
    expect(said).toHaveLength(trials);
    expect(new Set(said)).toEqual(new Set<Outcome>(['used', 'unusable']));
  });
});

describe.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
  'as root, on a small disk',
  () => {
    const mounted = (options: string): string => {
      const dir = fresh();
      // Its default is a directory that everybody may write to.
      execFileSync('mount', ['-t', 'tmpfs', '-o', `${options},mode=700`, 'tmpfs', dir]);
      onTestFinished(() => void execFileSync('umount', ['-l', dir]));
      return dir;
    };

    test('disk full: refused, what is there can be settled, and it goes on when there is space', async () => {
      const dir = mounted('size=6m');
      const filler = join(dir, 'filler');
      writeFileSync(filler, Buffer.alloc(2_000_000));
      const outbox = await openLmdbOutbox(join(dir, 'outbox'));
      onTestFinished(() => outbox.close());
      let kept = 0;
      const fill = async (): Promise<void> => {
        for (;;) {
          const records = Array.from({ length: 20 }, () => event('jo', 'x'.repeat(2_000)));
          await outbox.put(records);
          kept += records.length;
        }
      };
      await expect(fill()).rejects.toMatchObject({ code: 'outbox', reason: 'full' });
      // Another takes what was left.
      try {
        writeFileSync(join(dir, 'more'), Buffer.alloc(8_000_000));
      } catch {
        // As much as there was.
      }
      expect(outbox.totals().pending.records).toBe(kept);
      const [taken] = await outbox.take(1);
      if (taken) await outbox.settle(taken, { to: 'sent' });
      expect(outbox.totals().sent.records).toBe(1);
      rmSync(filler);
      rmSync(join(dir, 'more'), { force: true });
      await expect
        .poll(
          () =>
            outbox.put([event()]).then(
              () => 'kept',
              () => 'refused',
            ),
          { timeout: 5_000 },
        )
        .toBe('kept');
      expect(outbox.totals().given.records).toBe(kept + 1);
    });

    test('a commit that fails: told, nothing of it is kept, and it goes on', async () => {
      const dir = mounted('size=6m');
      const outbox = await openLmdbOutbox(join(dir, 'outbox'));
      onTestFinished(() => outbox.close());
      await outbox.put([event()]);
      // Faster than it can look at the disk.
      try {
        writeFileSync(join(dir, 'filler'), Buffer.alloc(8_000_000));
      } catch {
        // As much as there was.
      }
      const much = [event('jo', 'x'.repeat(2_000_000)), event()];
      await expect(outbox.put(much)).rejects.toMatchObject({ code: 'outbox', reason: 'full' });
      expect(outbox.totals().given.records).toBe(1);
      rmSync(join(dir, 'filler'));
      await expect
        .poll(
          () =>
            outbox.put(much).then(
              () => 'kept',
              () => 'refused',
            ),
          { timeout: 5_000 },
        )
        .toBe('kept');
      expect(outbox.totals().given.records).toBe(3);
    });

    test('read-only: refused', async () => {
      const dir = mounted('size=6m');
      await (await openLmdbOutbox(dir)).close();
      execFileSync('mount', ['-o', 'remount,ro', dir]);
      await expect(openLmdbOutbox(dir)).rejects.toMatchObject(unusable);
    });
  },
);
