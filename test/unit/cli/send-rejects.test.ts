import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openJournal } from '../../../src/cli/send/journal.ts';
import { openRejects } from '../../../src/cli/send/rejects.ts';

const folder = mkdtempSync(join(tmpdir(), 'tallywire-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const newPath = (): string => join(folder, `file-${(files += 1)}`);

const begun = { file: 'f', meaning: 'm', target: 'https://reo.test', folds: false };

describe('rejects', () => {
  const reject = { line: 1, reason: 'r', raw: '{\n' };

  /** One run that rejects so many rows of a job, and does not get to its end. */
  const run = (
    job: string,
    rows: readonly number[],
    { path = `${job}.rejected`, meaning = 'm', restart = false } = {},
  ) => {
    const journal = openJournal(job, { ...begun, meaning }, { now: 0, restart });
    try {
      const rejects = openRejects(path, journal);
      for (const row of rows) {
        rejects.add({ ...reject, line: row });
        journal.settle(row, 'bad');
      }
      rejects.close();
    } finally {
      journal.close();
    }
  };
  const linesIn = (path: string): readonly string[] =>
    readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => /^\{"line":(\d+),.*\}$/.exec(line)?.[1] ?? line);

  it('are kept for their owner, a line each', () => {
    const job = newPath();
    run(job, [1]);
    expect(statSync(`${job}.rejected`).mode & 0o777).toBe(0o600);
    appendFileSync(`${job}.rejected`, '{"line":2,"rea');
    run(job, [2]);
    expect(linesIn(`${job}.rejected`)).toEqual(['1', '{"line":2,"rea', '2']);
  });

  it('are those of the last time that the job was begun', () => {
    const job = newPath();
    run(job, [1]);
    run(job, [2], { meaning: 'n' });
    expect(linesIn(`${job}.rejected`)).toEqual(['2']);
    run(job, [3], { meaning: 'n', restart: true });
    expect(linesIn(`${job}.rejected`)).toEqual(['3']);
    writeFileSync(job, 'torn');
    expect(() => run(job, [], { restart: true })).toThrow('is not of this job');
    expect(linesIn(`${job}.rejected`)).toEqual(['3']);
  });

  it('are still those of the job after both files were moved', () => {
    const job = newPath();
    run(job, [1]);
    const elsewhere = mkdtempSync(join(folder, 'moved-'));
    const moved = join(elsewhere, basename(job));
    for (const ending of ['', '.rejected']) renameSync(`${job}${ending}`, `${moved}${ending}`);
    run(moved, [2]);
    expect(linesIn(`${moved}.rejected`)).toEqual(['1', '2']);
  });

  it('never take the place of anything else, nor are they added to it', () => {
    const [job, foreign] = [newPath(), newPath()];
    writeFileSync(foreign, 'mine\n');
    run(job, [1]);
    for (const restart of [false, true, false]) {
      expect(() => run(job, [], { path: foreign, restart })).toThrow('is not of this job: move it');
      expect(readFileSync(foreign, 'utf8')).toBe('mine\n');
    }
    // Of what cannot be resumed, every run is another job.
    const memory = () => openJournal(undefined, begun, { now: 0 });
    openRejects(newPath(), memory()).close();
    expect(() => openRejects(`${job}.rejected`, memory())).toThrow('is not of this job');
    writeFileSync(foreign, '');
    openRejects(foreign, memory()).close();
    expect(existsSync(foreign), 'an empty one, as mktemp makes it').toBe(true);
  });
});
