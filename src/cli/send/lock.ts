import { closeSync, fstatSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';

/** Held by one run at a time; `release` is for its end. */
export interface Lock {
  readonly release: () => void;
}

/**
 * Makes sure that no other run is at the same work. Every run that tries adds a line about itself, and
 * the first line of a process that lives is the owner's: a process that was killed leaves nothing behind
 * that would have to be cleaned up, and of two that come at the same time one is first.
 *
 * @throws Error in a sentence when another run is at it.
 */
export function acquireLock(path: string): Lock {
  for (;;) {
    const file = open(path);
    try {
      const own = `${process.pid} ${startOf(process.pid)} ${encodeURIComponent(hostname())}`;
      // Behind half a line it would be lost.
      writeSync(file, `\n${own}\n`);
      const owner = readFileSync(path, 'utf8').split('\n').find(isHeld);
      // The run before may have removed the file in between: then this one is nobody's.
      if (!isSameFile(file, path)) continue;
      if (owner !== own) throw new Error(inUse(path, owner ?? ''));
      return { release: () => rmSync(path, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    } finally {
      closeSync(file);
    }
  }
}

function open(path: string): number {
  try {
    return openSync(path, 'a', 0o600);
  } catch (error) {
    throw new Error(`cannot write ${path}: ${(error as Error).message}`, { cause: error });
  }
}

function isSameFile(file: number, path: string): boolean {
  return fstatSync(file, { bigint: true }).ino === statSync(path, { bigint: true }).ino;
}

const LINE = /^(\d+) (\S+) (\S+)$/;

/** Whether a line is about a run that lives. Of another machine nobody can tell. */
function isHeld(line: string): boolean {
  const [, pid, start, host] = LINE.exec(line) ?? [];
  if (pid === undefined) return false;
  if (host !== encodeURIComponent(hostname())) return true;
  return isAlive(Number(pid)) && startOf(Number(pid)) === start;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a process began, where that can be told: another one may have its number by now. */
function startOf(pid: number): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8);
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program stands in parentheses and may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return `${boot}-${fields[19]}`;
  } catch {
    return '-';
  }
}

function inUse(path: string, owner: string): string {
  const [, pid, , host] = LINE.exec(owner) ?? [];
  const where =
    host === encodeURIComponent(hostname()) ? '' : ` on ${decodeURIComponent(host ?? '')}`;
  const hint = where && `; if that is not so, remove ${path}`;
  return `another run is sending this file (process ${pid}${where})${hint}`;
}
