import type { Stats } from 'node:fs';
import { lstat, mkdir, open, stat, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { OutboxError } from '../../http/errors.ts';

/** Filesystems whose files are shared with other machines, by their numbers on Linux (`statfs`). */
const network: Readonly<Record<number, string>> = {
  0x6969: 'NFS',
  0x517b: 'SMB',
  0xff534d42: 'CIFS',
  0xfe534d42: 'SMB',
  0x01021997: '9P',
  0x5346414f: 'AFS',
  0x00c36400: 'Ceph',
  0x47504653: 'GPFS',
  0x0bd00bd0: 'Lustre',
};

const unusable = (message: string, hint: string, cause?: unknown): OutboxError =>
  new OutboxError('unusable', message, { hint, cause });

export const dataFile = (dir: string): string => join(dir, 'data.mdb');

/** Says which store was closed in good order. */
export const markFile = (dir: string): string => join(dir, 'closed');

/** Not `recursive`, with which Node never ends where nothing can be made (`/proc`). */
const makeDirectory = async (dir: string): Promise<void> => {
  try {
    await mkdir(dir, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    const parent = dirname(dir);
    const isThere = await stat(parent).then(
      () => true,
      () => false,
    );
    if (code !== 'ENOENT' || isThere) throw error;
    await makeDirectory(parent);
    await mkdir(dir, { mode: 0o700 });
  }
};

/** Who else may put files into a directory. Native code would believe what is in them. */
const strangerIn = ({ uid, gid, mode }: Stats): string | undefined => {
  const own = process.getuid?.();
  if (own === undefined) return undefined;
  if (uid !== own && uid !== 0) return 'it belongs to another user';
  if ((mode & 0o002) !== 0) return 'everybody may write to it';
  // A group of our own is let in: an umask of 002, or a volume for this group, makes it so.
  const isOurs = process.getgroups?.().includes(gid) ?? true;
  return (mode & 0o020) !== 0 && !isOurs ? 'another group may write to it' : undefined;
};

/** Nothing in it may lead elsewhere, or make whoever opens it wait. */
const checkFiles = async (dir: string): Promise<void> => {
  for (const file of [dataFile(dir), join(dir, 'lock.mdb'), markFile(dir)]) {
    const found = await lstat(file).catch(() => undefined);
    if (found === undefined || found.isFile()) continue;
    throw unusable(`${file} is not a regular file`, 'give the outbox a directory of its own');
  }
};

/**
 * Makes the directory, if need be, for nobody but this user.
 *
 * @throws OutboxError when it cannot be used.
 */
export const preparePlace = async (dir: string): Promise<void> => {
  let found: Stats;
  try {
    await makeDirectory(resolve(dir));
    found = await stat(dir);
    if (!found.isDirectory()) throw new Error('not a directory');
  } catch (cause) {
    throw unusable(`the outbox ${dir} cannot be made`, (cause as Error).message, cause);
  }
  const stranger = strangerIn(found);
  if (stranger !== undefined) {
    throw unusable(
      `the outbox ${dir} is not safe from others: ${stranger}`,
      'give it a directory of its own, e.g. a new one in this one, or change the mode (chmod 700)',
    );
  }
  await checkFiles(dir);
  const type = process.platform === 'linux' ? (await statfs(dir)).type : 0;
  const name = network[type >>> 0];
  if (name !== undefined) {
    throw unusable(
      `the outbox ${dir} is on a network filesystem (${name})`,
      'LMDB needs a local one: its locks and its shared memory do not reach other machines',
    );
  }
};

const pageHeader = 24;
const magic = 0xbeefc0de;
const version = 2;

const isMeta = (page: Buffer): boolean =>
  page.readUInt32LE(pageHeader) === magic &&
  (page.readUInt32LE(pageHeader + 4) & 0xffff) === version;

const isPageSize = (size: number): boolean =>
  size >= 512 && size <= 65_536 && (size & (size - 1)) === 0;

/**
 * Looks at the beginning of the file, since native code would read on in whatever it is given.
 *
 * @returns whether there is a store
 * @throws OutboxError when it is something else.
 */
export const checkHeader = async (dir: string): Promise<boolean> => {
  let file;
  try {
    file = await open(dataFile(dir), 'r');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw unusable(`the outbox ${dir} cannot be read`, (cause as Error).message, cause);
  }
  try {
    const { size } = await file.stat();
    if (size === 0) return false;
    const page = Buffer.alloc(pageHeader + 32);
    const readMeta = async (at: number): Promise<boolean> =>
      (await file.read(page, 0, page.length, at)).bytesRead === page.length && isMeta(page);
    const isFirst = await readMeta(0);
    const pageSize = page.readUInt32LE(pageHeader + 24);
    const isStore =
      isFirst && isPageSize(pageSize) && size >= 2 * pageSize && (await readMeta(pageSize));
    if (isStore) return true;
  } finally {
    await file.close();
  }
  throw unusable(
    `data.mdb in ${dir} is no outbox, or damaged`,
    'move it away to begin with an empty outbox',
  );
};
