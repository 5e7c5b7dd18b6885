import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../../scripts/lib/run.ts';
import { answers, hostileServer } from '../../../src/testing/index.ts';
import { drainOnExit } from '../../../src/tracker/exit.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tallywire-exit-'));
  const build = await rolldown({
    input: {
      exit: join(root, 'src/tracker/exit.ts'),
      tracker: join(root, 'src/tracker/index.ts'),
      reo: join(root, 'src/reo/index.ts'),
    },
    platform: 'node',
    external: ['lmdb'],
    resolve: {
      alias: {
        '#transport': join(root, 'src/http/transport-node.ts'),
        '#lmdb-outbox': join(root, 'src/tracker/lmdb/index.ts'),
      },
    },
  });
  await build.write({ dir: folder, format: 'esm', entryFileNames: '[name].mjs' });
  await build.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A tracker that takes its time, and says what is asked of it. */
const head = `
  import { drainOnExit } from './exit.mjs';
  const say = (text) => process.stdout.write(text + '\\n');
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const fake = (name, ms) => ({
    close: async ({ timeout }) => {
      say(name + ' closes in ' + timeout);
      await wait(ms);
      say(name + ' is closed');
    },
    flush: async () => say(name + ' is flushed'),
  });
  const live = () => setInterval(() => {}, 1_000);
`;

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly output: readonly string[];
}

let programs = 0;
const start = async (text: string, wrap: readonly string[] = []) => {
  programs += 1;
  const file = join(folder, `program-${programs}.mjs`);
  await writeFile(file, head + text);
  const [command, ...args] = [...wrap, process.execPath];
  const child: ChildProcess = spawn(command, [...args, file], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout?.on('data', (chunk) => (output += chunk));
  const ended = new Promise<Ended>((resolve) =>
    child.once('close', (code, signal) =>
      resolve({ code, signal, output: output.trim().split('\n').filter(Boolean) }),
    ),
  );
  return {
    child,
    ended,
    saying: (word: string) => expect.poll(() => output, { timeout: 10_000 }).toContain(word),
  };
};

describe('an empty event loop', () => {
  it('closes the tracker once, and leaves the exit code alone', async () => {
    const { ended } = await start(`drainOnExit(fake('it', 20)); process.exitCode = 3;`);
    expect(await ended).toEqual({
      code: 3,
      signal: null,
      output: ['it closes in 10000', 'it is closed'],
    });
  });

  it('a signal meanwhile waits for it', async () => {
    const { child, ended, saying } = await start(`drainOnExit(fake('it', 400));`);
    await saying('it closes');
    child.kill('SIGTERM');
    const { signal, output } = await ended;
    expect([signal, output.at(-1)]).toEqual(['SIGTERM', 'it is closed']);
  });
});

describe('a signal', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    '%s closes the tracker, and ends the process by it',
    async (name) => {
      const { child, ended, saying } = await start(
        `drainOnExit(fake('it', 50), { timeout: '2s' }); live(); say('ready');`,
      );
      await saying('ready');
      child.kill(name);
      expect(await ended).toEqual({
        code: null,
        signal: name,
        output: ['ready', 'it closes in 2000', 'it is closed'],
      });
    },
  );

  it('a second one ends the process at once', async () => {
    const { child, ended, saying } = await start(
      `drainOnExit(fake('it', 60_000)); live(); say('ready');`,
    );
    await saying('ready');
    child.kill('SIGINT');
    await saying('it closes');
    child.kill('SIGTERM');
    expect(await ended).toEqual({
      code: null,
      signal: 'SIGTERM',
      output: ['ready', 'it closes in 10000'],
    });
  });

  it('one that was not chosen does what it always does', async () => {
    const { child, ended, saying } = await start(
      `drainOnExit(fake('it', 10), { signals: ['SIGUSR2'] }); live(); say('ready');`,
    );
    await saying('ready');
    child.kill('SIGTERM');
    expect(await ended).toEqual({ code: null, signal: 'SIGTERM', output: ['ready'] });
  });

  it('ends the process after the last of several trackers', async () => {
    const { child, ended, saying } = await start(
      `drainOnExit(fake('slow', 300)); drainOnExit(fake('quick', 10)); live(); say('ready');`,
    );
    await saying('ready');
    child.kill('SIGTERM');
    const { signal, output } = await ended;
    expect([signal, output.slice(-2)]).toEqual(['SIGTERM', ['quick is closed', 'slow is closed']]);
  });

  it.each([
    ['before', 'once'],
    ['before', 'on'],
    ['after', 'once'],
    ['after', 'on'],
  ])('is the host’s where it listens itself (%s, %s)', async (when, how) => {
    const drain = `drainOnExit(fake('it', 10));`;
    const host = `process.${how}('SIGTERM', async () => { say('host'); await wait(100); process.exit(7); });`;
    const parts = when === 'before' ? [host, drain] : [drain, host];
    const { child, ended, saying } = await start(`${parts.join('\n')} live(); say('ready');`);
    await saying('ready');
    child.kill('SIGTERM');
    const { code, output } = await ended;
    expect([code, output.toSorted()]).toEqual([7, ['host', 'it is flushed', 'ready']]);
  });

  it('of a host that stops by itself: the tracker is closed at the end', async () => {
    const { child, ended, saying } = await start(`
      drainOnExit(fake('it', 10));
      const timer = live();
      process.on('SIGTERM', () => clearInterval(timer));
      say('ready');`);
    await saying('ready');
    child.kill('SIGTERM');
    expect(await ended).toEqual({
      code: 0,
      signal: null,
      output: ['ready', 'it is flushed', 'it closes in 10000', 'it is closed'],
    });
  });

  it('after it was taken back does what it always does', async () => {
    const { child, ended, saying } = await start(`
      drainOnExit(fake('it', 10))();
      live();
      say('ready ' + process.listenerCount('SIGTERM') + process.listenerCount('beforeExit'));`);
    await saying('ready');
    child.kill('SIGTERM');
    expect(await ended).toEqual({ code: null, signal: 'SIGTERM', output: ['ready 00'] });
  });

  it('ends the first process of a container too, which no signal ends', async ({ skip }) => {
    const probe = spawn('unshare', ['--pid', '--fork', 'true'], { stdio: 'ignore' });
    const can = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false));
      probe.once('close', (code) => resolve(code === 0));
    });
    skip(!can, 'needs the right to unshare a pid namespace');
    const { ended } = await start(
      `drainOnExit(fake('it', 10)); live(); say('pid ' + process.pid);
       process.kill(process.pid, 'SIGTERM');`,
      ['unshare', '--pid', '--fork', '--kill-child'],
    );
    expect(await ended).toEqual({
      code: 143,
      signal: null,
      output: ['pid 1', 'it closes in 10000', 'it is closed'],
    });
  });

  it('that nobody can listen to is refused', () => {
    for (const signal of ['SIGKILL', 'SIGSTOP', 'SIGNONE'] as const) {
      expect(() =>
        drainOnExit({ close: async () => {} }, { signals: [signal as NodeJS.Signals] }),
      ).toThrow(
        expect.objectContaining({ code: 'config', message: expect.stringContaining(signal) }),
      );
    }
    expect(process.listenerCount('SIGKILL')).toBe(0);
  });
});

describe('a tracker', () => {
  const program = (url: string, timeout: string) => `
    import { createReoClient } from './reo.mjs';
    import { createTracker } from './tracker.mjs';
    const reo = createReoClient({ apiKey: 'k', baseUrl: '${url}' });
    const tracker = createTracker(reo);
    drainOnExit(tracker, { timeout: '${timeout}' });
    for (let i = 0; i < 100; i += 1) {
      tracker.track({
        source: 'PRODUCT_CLOUD', activity_type: 'a', product_id: 'p', user_id: 'u' + i, user_id_type: 'EMAIL',
      });
    }
    say('ready');`;

  it('sends what is pending before the process ends by itself', async () => {
    await using server = await hostileServer(answers.slow(20));
    const { ended } = await start(program(server.url, '5s'));
    expect(await ended).toMatchObject({ code: 0, signal: null });
    expect(server.eventIds().size).toBe(100);
  });

  it('sends what is pending before a signal ends it', async () => {
    await using server = await hostileServer(answers.slow(20));
    const { child, ended, saying } = await start(`${program(server.url, '5s')} live();`);
    await saying('ready');
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: null, signal: 'SIGTERM' });
    expect(server.eventIds().size).toBe(100);
  });

  it('holds nobody up for longer than the time it has', async () => {
    await using server = await hostileServer(answers.hang);
    const { child, ended, saying } = await start(`${program(server.url, '300ms')} live();`);
    await saying('ready');
    await expect.poll(() => server.received.length).toBeGreaterThan(0);
    const begun = performance.now();
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: null, signal: 'SIGTERM' });
    const took = performance.now() - begun;
    expect(took).toBeGreaterThan(250);
    expect(took).toBeLessThan(5_000);
  });
});
