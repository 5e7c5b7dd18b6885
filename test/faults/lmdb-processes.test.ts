import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  bundleChild,
  countingServer,
  findings,
  killAll,
  newSaid,
  runChild,
} from '../support/outbox-kill.ts';
import { outboxDir } from '../support/outbox-lmdb.ts';

let child: Awaited<ReturnType<typeof bundleChild>>;
beforeAll(async () => {
  child = await bundleChild('outbox-kill-child.ts');
});
afterAll(() => {
  killAll();
  child.remove();
});

const start = async (isFaulty: () => number) => {
  const { dir, remove } = outboxDir();
  const server = await countingServer(isFaulty);
  onTestFinished(() => {
    server.close();
    remove();
  });
  const said = newSaid();
  const orders = { dir, url: server.url, bug: 'none' } as const;
  const drain = async (): Promise<void> => {
    await runChild(child.file, { ...orders, every: '1m', task: 'drain', seed: 99 }, said);
  };
  return { server, said, orders, drain };
};

describe('several processes on one directory', () => {
  test.each([2, 8])(
    '%i: nothing is lost, nothing is sent twice',
    { timeout: 120_000 },
    async (count) => {
      const { server, said, orders, drain } = await start(() => 1);
      // As long as by default: on a busy machine some rest for more than half a second.
      const work = { ...orders, task: 'close', workMs: 600, lease: '15s' } as const;
      await Promise.all(
        Array.from({ length: count }, (_, index) =>
          runChild(
            child.file,
            { ...work, every: index % 2 === 0 ? '50ms' : '1m', seed: index },
            said,
          ),
        ),
      );
      await drain();
      expect(findings(said, server)).toEqual([]);
      expect(said.kept.size).toBeGreaterThan(0);
      expect(server.times()).toBe(server.payloads.size);
    },
  );

  test('one that is killed is taken over by one at work', { timeout: 60_000 }, async () => {
    const { server, said, orders, drain } = await start(() => 1);
    const one = { ...orders, every: '1m', seed: 1 } as const;
    let kept = 0;
    const killed = runChild(child.file, { ...one, task: 'work' }, said, (line, process) => {
      if (line.startsWith('kept') && (kept += 1) === 20) process.kill('SIGKILL');
    });
    const other = runChild(child.file, { ...one, task: 'close', workMs: 3_000, seed: 2 }, said);
    await Promise.all([killed, other]);
    await drain();
    expect(findings(said, server)).toEqual([]);
  });

  test('one that is stopped for longer than its lease goes on', { timeout: 60_000 }, async () => {
    const { server, said, orders, drain } = await start(() => 1);
    const one = { ...orders, every: '1m', task: 'close', workMs: 5_000 } as const;
    let stopped: ChildProcess | undefined;
    let kept = 0;
    const first = runChild(child.file, { ...one, seed: 1 }, said, (line, process) => {
      if (!line.startsWith('kept') || (kept += 1) !== 10) return;
      stopped = process;
      process.kill('SIGSTOP');
      setTimeout(() => process.kill('SIGCONT'), 2_000);
    });
    const second = runChild(child.file, { ...one, seed: 2 }, said);
    await Promise.all([first, second]);
    expect(stopped).toBeDefined();
    await drain();
    expect(findings(said, server)).toEqual([]);
  });
});
