import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildPackage } from '../support/build.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

beforeAll(buildPackage, 180_000);

interface Ended {
  readonly code: number | null;
  readonly err: string;
}

const tallywire = (
  args: readonly string[],
  input: string,
  stdout: number | 'nobody',
): Promise<Ended> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, ['dist/cli.js', ...args], {
      cwd: ROOT,
      stdio: ['pipe', stdout === 'nobody' ? 'pipe' : stdout, 'pipe'],
    });
    child.stdout?.destroy();
    let err = '';
    child.stderr?.on('data', (chunk: Buffer) => (err += String(chunk)));
    child.on('close', (code) => resolve({ code, err }));
    child.stdin?.end(input);
  });

const PAYLOAD =
  '{"metrics":[{"reference_key":"ig:reach","component":"number_v1","metrics":["reach"]}]}';
const TYPES = [['types', '-'], PAYLOAD] as const;
const CHECK = [['send', '-', '--format', 'ndjson', '--dry-run', '-q'], 'no json\n'] as const;

describe('what cannot be written to standard output', () => {
  it.runIf(existsSync('/dev/full')).each([
    ['is a failure', ...TYPES, 1],
    ['leaves the code of what was lost as it is', ...CHECK, 2],
  ])('%s when there is no room', async (_, args, input, code) => {
    const full = openSync('/dev/full', 'w');
    const ended = await tallywire(args, input, full);
    closeSync(full);
    expect(ended).toEqual({
      code,
      err: expect.stringMatching(/^tallywire: cannot write: ENOSPC.*\n$/),
    });
  });

  it.each([
    ['is no failure', ...TYPES, 0],
    ['leaves the code of what was lost as it is', ...CHECK, 2],
  ])('%s when the reader has gone', async (_, args, input, code) => {
    expect(await tallywire(args, input, 'nobody')).toEqual({ code, err: '' });
  });
});
