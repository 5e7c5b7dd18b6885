import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  accept,
  type Folder,
  makeFolder,
  reply,
  type SendRun,
  startSend,
  startUsageServer,
  summaryOf,
  type UsageServer,
} from '../support/cli-send.ts';
import { buildPackage } from '../support/build.ts';

const ROWS = process.env.LONG ? 100_000 : 4_000;
const KILLS = process.env.LONG ? 40 : 5;
const CONCURRENCY = 16;

let folder: Folder;
beforeAll(async () => {
  await buildPackage();
  folder = makeFolder();
}, 180_000);
afterAll(() => folder.remove());

/** Kills runs at random places until so many have been, and lets the last one end. */
const killUntilDone = async (server: UsageServer, args: readonly string[], total: number) => {
  for (let kill = 0; kill < KILLS; kill += 1) {
    const run = startSend(server.url, args);
    const share = total / (KILLS + 1);
    // Some as soon as they begin.
    const more = kill % 3 === 1 ? 1 : Math.floor(Math.random() * share);
    await Promise.race([server.hasArrived(server.arrived() + more), run.ended]);
    run.child.kill('SIGKILL');
    await run.ended;
  }
  return startSend(server.url, [...args, '--json']).ended;
};

const expectNothingLost = (server: UsageServer, good: number): void => {
  expect(server.payloads.size).toBe(good);
  // At most what was under way is sent again, and what is, is the same.
  expect(server.arrived() - good).toBeLessThanOrEqual(KILLS * CONCURRENCY);
  for (const texts of server.payloads.values()) expect(new Set(texts).size).toBe(1);
};

describe('tallywire send, ended and begun again', () => {
  it('after kill -9: every row, at most what was under way twice', async () => {
    await using server = await startUsageServer();
    const { file, good } = folder.bigFile(ROWS);
    const args = [file, '--concurrency', String(CONCURRENCY), '-q'];
    const { code, out } = await killUntilDone(server, args, good);
    expect(code).toBe(2);
    const { sent, before, bad } = summaryOf(out) as {
      readonly sent: number;
      readonly bad: number;
      readonly before: { readonly sent: number; readonly bad: number };
    };
    expectNothingLost(server, good);
    expect(sent + before.sent).toBe(good);
    expect(bad + before.bad).toBe(ROWS - good);
    const rejected = readFileSync(`${file}.rejected.ndjson`, 'utf8').trim().split('\n');
    const lines = new Set(rejected.map((line) => (JSON.parse(line) as { line: number }).line));
    expect(lines.size).toBe(ROWS - good);
    // Killed between the two files, a row may be told twice.
    expect(rejected.length - lines.size).toBeLessThanOrEqual(KILLS);
  }, 600_000);

  it('after kill -9, folded: the same counts under the same ids', async () => {
    await using server = await startUsageServer();
    const { file, good } = folder.bigFile(ROWS / 5);
    const args = [file, '--concurrency', String(CONCURRENCY), '-q', '--aggregate', '1h'];
    const { code } = await killUntilDone(server, args, good);
    expect(code).toBe(2);
    expectNothingLost(server, good);
    const counts = [...server.payloads.values()].map(
      ([text = '']) => (JSON.parse(text) as { count: number }).count,
    );
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(good);
  }, 600_000);

  it('after ctrl-C: what is under way ends, and nothing is sent twice', async () => {
    await using server = await startUsageServer();
    server.answer = (response, payload) => setTimeout(() => accept(response, payload), 20);
    const { file, good } = folder.bigFile(800);
    const run = startSend(server.url, [file, '--json']);
    await server.hasArrived(100);
    run.child.kill('SIGINT');
    const { code, out, err } = await run.ended;
    expect(code).toBe(130);
    expect(err).toContain('stopping when what is under way has ended');
    expect(summaryOf(out)).toMatchObject({ end: 'interrupted', sent: server.arrived() });
    expect(existsSync(`${file}.tallywire-progress.lock`)).toBe(false);
    expect((await startSend(server.url, [file]).ended).code).toBe(2);
    expect([server.payloads.size, server.arrived()]).toEqual([good, good]);
  });

  it('after ctrl-C twice: at once', async () => {
    await using server = await startUsageServer();
    server.answer = () => undefined;
    const run = startSend(server.url, [folder.bigFile(50).file]);
    await server.hasArrived(1);
    run.child.kill('SIGINT');
    await told(run, /once more to stop at once/);
    run.child.kill('SIGINT');
    expect((await run.ended).code).toBe(130);
  });

  it('by one run at a time', async () => {
    await using server = await startUsageServer();
    server.answer = () => undefined;
    const { file } = folder.bigFile(50);
    const first = startSend(server.url, [file]);
    await server.hasArrived(1);
    const second = await startSend(server.url, [file]).ended;
    expect(second).toMatchObject({ code: 1, out: '' });
    expect(second.err).toContain(`another run is sending this file (process ${first.child.pid})`);
    first.child.kill('SIGKILL');
    await first.ended;
    server.answer = accept;
    expect((await startSend(server.url, [file]).ended).code).toBe(0);
  });

  it('through an outage, which is shown', async () => {
    await using server = await startUsageServer();
    const { file, good } = folder.bigFile(300);
    server.answer = (response, payload) => {
      if (server.arrived() < 100) accept(response, payload);
      else reply(500, {})(response, payload);
    };
    const run = startSend(server.url, [file, '--json']);
    await told(run, /the API is down/);
    server.answer = accept;
    expect(summaryOf((await run.ended).out)).toMatchObject({ sent: good });
    expect(server.payloads.size).toBe(good);
  });
});

const told = async (run: SendRun, text: RegExp): Promise<void> => {
  const deadline = performance.now() + 15_000;
  while (!text.test(run.stderr())) {
    if (performance.now() > deadline) throw new Error(`not told: ${run.stderr()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

describe('a large file', () => {
  it('takes no more memory than a small one', async () => {
    const peak = async (rows: number): Promise<number> => {
      const { file } = folder.bigFile(rows);
      const run = startSend('http://127.0.0.1:9', [file, '--dry-run', '-q', '--json']);
      let most = 0;
      const watch = setInterval(() => {
        try {
          const status = readFileSync(`/proc/${run.child.pid}/status`, 'utf8');
          most = Math.max(most, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
        } catch {
          // It has ended.
        }
      }, 20);
      await run.ended;
      clearInterval(watch);
      return most / 1_024;
    };
    // From some 100,000 rows on V8 has the heap that it likes, and asks for no more.
    const sizes = process.env.LONG ? ([100_000, 800_000] as const) : ([4_000, 40_000] as const);
    const [small, large] = [await peak(sizes[0]), await peak(sizes[1])];
    expect(small).toBeGreaterThan(10);
    expect(large - small).toBeLessThan(80);
  }, 600_000);
});
