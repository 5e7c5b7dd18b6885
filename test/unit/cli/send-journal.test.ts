import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { openJournal } from '../../../src/cli/send/journal.ts';
import { apply, newState, OUTCOMES, render, replay } from '../../../src/cli/send/journal-state.ts';
import { acquireLock } from '../../../src/cli/send/lock.ts';
import { ascending, createRanges } from '../../../src/cli/send/ranges.ts';
import { recordId } from '../../../src/cli/send/ids.ts';

const folder = mkdtempSync(join(tmpdir(), 'tallywire-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const newPath = (): string => join(folder, `file-${(files += 1)}`);

/** Left open as by a kill, until the test is over. */
const opened = (...given: Parameters<typeof openJournal>) => {
  const journal = openJournal(...given);
  onTestFinished(journal.close);
  return journal;
};

const begun = { file: 'f', meaning: 'm', target: 'https://reo.test', folds: false };

describe('ranges', () => {
  it('hold what was added, in whatever order', () => {
    const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 60 }));
    fc.assert(
      fc.property(numbers, numbers, (first, more) => {
        const ranges = createRanges();
        for (const number of first) ranges.add(number);
        const again = createRanges(ranges.list());
        for (const number of more) if (!first.includes(number)) again.add(number);
        const has = ascending(again.list());
        const all = new Set([...first, ...more]);
        const found = Array.from({ length: 62 }, (_, i) => i).filter(has);
        expect(found).toEqual([...all].sort((a, b) => a - b));
        // As few as possible.
        const gaps = found.filter((number) => !all.has(number + 1)).length;
        expect(again.list()).toHaveLength(gaps);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a journal', () => {
  const path = newPath();

  it('goes on where it ended', () => {
    const first = opened(path, begun, { now: 1_000 });
    expect(first.isResumed).toBe(false);
    first.settle(1, 'sent');
    first.settle(3, 'dead');
    first.settle(4, 'bad');
    // It is not closed: this is a kill.
    const second = openJournal(path, begun, { now: 2_000 });
    expect(second).toMatchObject({ isResumed: true, startedAt: 1_000, lastBad: 4 });
    expect([1, 2, 3, 4, 5].map(second.isSettled)).toEqual([true, false, true, true, false]);
    expect(second.counts()).toMatchObject({ sent: 1, dead: 1, bad: 1, dropped: 0 });
    second.settle(2, 'sent');
    second.finish();
    second.close();
    const third = openJournal(path, begun, { now: 3_000 });
    expect(third.isFinished()).toBe(true);
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(2);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    third.close();
  });

  it.each([
    ['another file', { file: 'g' }, 'is about another file'],
    ['other options', { meaning: 'n' }, 'was begun with other options'],
    ['another address', { target: 'https://x.test' }, 'that went to https://reo.test'],
  ])('does not go on with %s, unless nothing was sent', (_, other, message) => {
    expect(() => openJournal(path, { ...begun, ...other }, { now: 0 })).toThrow(message);
    const bad = newPath();
    const first = openJournal(bad, begun, { now: 0 });
    first.settle(1, 'bad');
    first.close();
    expect(opened(bad, { ...begun, ...other }, { now: 0 }).counts().bad).toBe(0);
  });

  it('begins anew when it is told to', () => {
    const journal = openJournal(path, { ...begun, file: 'g' }, { now: 0, restart: true });
    expect(journal.isFinished()).toBe(false);
    expect(journal.isSettled(1)).toBe(false);
    journal.close();
    expect(existsSync(path), 'nothing happened').toBe(false);
  });

  it('is short, however much happens', () => {
    const long = newPath();
    const journal = opened(long, begun, { now: 0, mostEntries: 100 });
    for (let number = 1; number <= 10_000; number += 1) journal.settle(number, 'sent');
    expect(statSync(long).size).toBeLessThan(2_000);
    expect(opened(long, begun, { now: 0 }).counts().sent).toBe(10_000);
  });

  it('does not take another file for one', () => {
    const foreign = newPath();
    for (const text of ['', 'a\n', '{}\n', '{"tallywire":"send","version":2}\n', '\n\n']) {
      writeFileSync(foreign, text);
      expect(() => openJournal(foreign, begun, { now: 0 }), text).toThrow('is no journal');
    }
    expect(() => openJournal(folder, begun, { now: 0 })).toThrow('cannot read');
    expect(() => openJournal(join(folder, 'none/x'), begun, { now: 0 })).toThrow('cannot write');
  });

  it(
    'tells a beginning of what happened wherever it is torn, and can be written on',
    { timeout: 200_000 },
    () => {
      const outcome = fc.constantFrom(...OUTCOMES);
      const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 400 }), { maxLength: 60 });
      const torn = newPath();
      const property = fc.property(
        numbers,
        fc.infiniteStream(outcome),
        fc.nat(),
        fc.boolean(),
        (given, outcomes, cut, folds) => {
          const entries = given.map((number) => `${outcomes.next().value} ${number}`);
          const header = `${render(newState({ ...begun, folds }, 7))}\n`;
          const body = entries.map((entry) => `${entry}\n`).join('');
          const kept = body.slice(0, cut % (body.length + 1));
          const whole = kept.split('\n').length - 1;

          const expected = newState({ ...begun, folds }, 7);
          for (const entry of entries.slice(0, whole)) apply(expected, entry);
          const state = replay(header + kept);
          expect(state && render(state)).toBe(render(expected));

          writeFileSync(torn, header + kept);
          const journal = openJournal(torn, { ...begun, folds }, { now: 0 });
          journal.settle(999, 'sent');
          apply(expected, 'sent 999');
          const again = replay(readFileSync(torn, 'utf8'));
          journal.close();
          expect(again && render(again)).toBe(render(expected));
        },
      );
      fc.assert(property, { numRuns: process.env.LONG ? 10_000 : 500 });
    },
  );

  it('knows the last place before which all is settled', () => {
    const folding = newPath();
    const options = { ...begun, folds: true };
    const journal = opened(folding, options, { now: 0 });
    journal.checkpoint({ row: 100, record: 2 });
    journal.checkpoint({ row: 200, record: 4 });
    for (const number of [1, 2, 4]) journal.settle(number, 'sent');
    journal.settle(150, 'bad');
    const second = opened(folding, options, { now: 0 });
    expect(second.start).toEqual({ row: 100, record: 2 });
    expect([3, 4, 150].map(second.isSettled)).toEqual([false, true, false]);
    second.settle(3, 'sent');
    expect(opened(folding, options, { now: 0 }).start).toEqual({ row: 200, record: 4 });
  });
});

describe('the lock of a run', () => {
  const other = (host: string, pid: number, start = 'x') => `${pid} ${start} ${host}\n`;

  it('is held by one', async () => {
    const path = newPath();
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await new Promise((resolve) => child.once('spawn', resolve));
    const { pid = 0 } = child;
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8);
    writeFileSync(path, other(hostname(), pid, `${boot}-${fields[19]}`));
    expect(() => acquireLock(path)).toThrow(`another run is sending this file (process ${pid})`);
    const killed = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await killed;
    acquireLock(path).release();
    expect(existsSync(path)).toBe(false);
  });

  it('is not held by a process that has the number of a dead one', () => {
    const path = newPath();
    writeFileSync(path, other(hostname(), process.ppid, 'another-start'));
    acquireLock(path).release();
  });

  it('is not taken from another machine', () => {
    const path = newPath();
    writeFileSync(path, other('elsewhere', 1));
    expect(() => acquireLock(path)).toThrow(`on elsewhere); if that is not so, remove ${path}`);
  });

  it('does not mind half a line', () => {
    const path = newPath();
    writeFileSync(path, '12 ');
    acquireLock(path).release();
  });
});

describe('ids', () => {
  it('are UUIDs, one for each row of each file', () => {
    const ids = ['a', 'b', 'a:1'].flatMap((base) => [1, 2, 11].map((n) => recordId(base, n)));
    expect(new Set(ids).size).toBe(9);
    for (const id of ids)
      expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    // They must not change from one release to the next: what is resumed would be sent twice.
    expect(recordId('a', 1)).toBe('2b2c40a6-706d-8e5f-b20d-553628313833');
  });
});
