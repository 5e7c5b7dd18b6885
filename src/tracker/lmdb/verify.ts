import { spawn } from 'node:child_process';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { OutboxError } from '../../http/errors.ts';
import { dataFile } from './place.ts';

/**
 * Reads all there is, then writes without keeping it. Damaged pages end a process by a signal: so this
 * is done in one that nobody needs.
 */
const program = `
const { open, ABORT } = require(process.argv[1]);
const options = { path: process.argv[2], noSubdir: false, keyEncoding: 'binary', encoding: 'binary', overlappingSync: false };
let db = open({ ...options, readOnly: true });
let before = Buffer.alloc(0);
for (const { key, value } of db.getRange({ start: Buffer.from([0]) })) {
  if (Buffer.compare(before, key) >= 0 || value === undefined) process.exit(3);
  before = Buffer.from(key);
}
db.getStats();
db.close().then(() => {
  process.stdout.write('read');
  db = open(options);
  db.transactionSync(() => {
    for (let i = 0; i < 64; i++) db.putSync(Buffer.from('t' + i), Buffer.alloc(3000));
    for (const key of Array.from(db.getKeys({ limit: 64 }))) db.removeSync(key);
    return ABORT;
  });
  process.exit(0);
});
`;

/** How long the reading of a store may take, and then the lock for writing may be somebody else's. */
const readMs = 120_000;
const writeMs = 3_000;

type Finding = 'sound' | 'damaged' | 'unknown';

const inspect = (dir: string): Promise<Finding> =>
  new Promise((resolve) => {
    const lmdb = createRequire(import.meta.url).resolve('lmdb');
    const child = spawn(process.execPath, ['-e', program, lmdb, dir], {
      // Whatever the host has in NODE_OPTIONS is not for this one.
      env: { PATH: process.env.PATH, ELECTRON_RUN_AS_NODE: '1' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let isRead = false;
    const kill = (): void => void child.kill('SIGKILL');
    let timer = setTimeout(kill, readMs);
    child.stdout.on('data', () => {
      isRead = true;
      clearTimeout(timer);
      timer = setTimeout(kill, writeMs);
    });
    child.on('error', () => {
      clearTimeout(timer);
      resolve('unknown');
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      // Killed by us after it had read all: another process writes, and lives on what is there.
      if (code === 0 || (isRead && signal === 'SIGKILL')) resolve('sound');
      else resolve('damaged');
    });
  });

const markOf = async (dir: string): Promise<string> => {
  const { size, mtimeMs } = await stat(dataFile(dir));
  return `${size} ${mtimeMs}`;
};

const markFile = (dir: string): string => join(dir, 'closed');

/** Notes that the store was closed as it is now, so that the next one need not look at all of it. */
export const markClosed = async (dir: string): Promise<void> => {
  await writeFile(markFile(dir), await markOf(dir), { mode: 0o600 }).catch(() => undefined);
};

/**
 * After anything but a clean end, makes sure that the store can be read without ending this process.
 *
 * @throws OutboxError when it is damaged.
 */
export const verifyStore = async (dir: string): Promise<void> => {
  const mark = await readFile(markFile(dir), 'utf8').catch(() => '');
  if (mark === (await markOf(dir))) return;
  await rm(markFile(dir), { force: true }).catch(() => undefined);
  if ((await inspect(dir)) !== 'damaged') return;
  throw new OutboxError('unusable', `the outbox ${dir} is damaged`, {
    hint: 'move it away to begin with an empty outbox',
  });
};
