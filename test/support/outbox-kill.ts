import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import type { TrackerStats } from '../../src/tracker/options.ts';
import type { ChildOrders, SeededBug } from './outbox-kill-child.ts';
import { outboxDir } from './outbox-lmdb.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The child as one file, so that it starts at once. It stands where its packages are found. */
export const bundleChild = async (
  name: string,
): Promise<{ readonly file: string; readonly remove: () => void }> => {
  mkdirSync(join(root, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(root, '.cache/child-'));
  const bundle = await rolldown({
    input: join(root, 'test/support', name),
    platform: 'node',
    external: ['bullmq', 'ioredis', 'lmdb', 'undici'],
    resolve: {
      alias: {
        '#transport': join(root, 'src/http/transport-node.ts'),
        '#lmdb-outbox': join(root, 'src/tracker/lmdb/index.ts'),
      },
    },
  });
  const file = join(folder, 'child.mjs');
  await bundle.write({ file, format: 'esm', codeSplitting: false });
  await bundle.close();
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
};

/** Numbers as they were tried, promised and received, by subject. */
type Sums = Map<string, number>;
const add = (sums: Sums, key: string, by: number): void =>
  void sums.set(key, (sums.get(key) ?? 0) + by);

/** An API that counts what arrives, and fails often enough. */
export const countingServer = async (isFaulty: () => number) => {
  const payloads = new Map<string, string>();
  const contradictions: string[] = [];
  const counts: Sums = new Map();
  let times = 0;
  let onRequest = (): void => {};

  const receive = (body: string): void => {
    const { payload } = JSON.parse(body) as { payload: Record<string, unknown> };
    const id = String(payload.event_id);
    const text = JSON.stringify(payload);
    times += 1;
    const before = payloads.get(id);
    if (before !== undefined && before !== text) contradictions.push(id);
    if (before !== undefined) return;
    payloads.set(id, text);
    if (typeof payload.count === 'number') add(counts, String(payload.user_id), payload.count);
  };

  const server: Server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      onRequest();
      const chance = isFaulty();
      if (chance < 0.1) {
        response.writeHead(500).end('{}');
        return;
      }
      receive(body);
      if (chance < 0.15) {
        request.socket.destroy();
        return;
      }
      const answer = { response_code: '200', response: 'Data Uploaded', status: 'success' };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    payloads,
    contradictions,
    counts,
    times: () => times,
    onRequest: (listener: () => void) => {
      onRequest = listener;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

const running = new Set<ChildProcess>();
/** Ends what a failed test left. */
export const killAll = (): void => {
  for (const child of running) child.kill('SIGKILL');
};

/** What children said. */
export const newSaid = () => ({
  tried: new Set<string>(),
  kept: new Set<string>(),
  triedCounts: new Map<string, number>(),
  keptCounts: new Map<string, number>(),
  problems: [] as string[],
  stats: undefined as TrackerStats | undefined,
});
type Saying = ReturnType<typeof newSaid>;

/** Runs a child and writes down what it says. `onLine` may kill it. */
export const runChild = (
  file: string,
  orders: ChildOrders,
  said: Saying,
  onLine: (kind: string, child: ChildProcess) => void = () => undefined,
): Promise<NodeJS.Signals | null> =>
  new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ['--unhandled-rejections=strict', file, JSON.stringify(orders)],
      { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    running.add(child);
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += String(chunk)));
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => {
      let told: readonly [string, ...unknown[]];
      try {
        told = JSON.parse(line) as typeof told;
      } catch {
        // It was killed in the middle of it.
        return;
      }
      const [kind, what, count] = told;
      if (kind === 'try') said.tried.add(String(what));
      else if (kind === 'kept') said.kept.add(String(what));
      else if (kind === 'try-count') add(said.triedCounts, String(what), Number(count));
      else if (kind === 'kept-count') add(said.keptCounts, String(what), Number(count));
      else if (kind === 'drained') said.stats = what as TrackerStats;
      else if (kind === 'dropped' || kind === 'degraded')
        said.problems.push(`${kind}: ${String(what)}`);
      onLine(kind, child);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      running.delete(child);
      if (code !== 0 && signal !== 'SIGKILL')
        said.problems.push(`exit ${code} ${signal} ${errors}`);
      resolve(signal);
    });
  });

/** The same numbers in every run of a seed. */
const randomOf = (seed: number): (() => number) => {
  let state = seed + 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

export interface Trial {
  readonly file: string;
  readonly seed: number;
  readonly bug?: SeededBug;
}

/**
 * Kills a service one to three times, at its start, in the middle of a batch or of a request, or while
 * it closes; then lets one end in peace.
 *
 * @returns what is wrong, in words: nothing, if all is well
 */
export const killTrial = async ({
  file,
  seed,
  bug = 'none',
}: Trial): Promise<readonly string[]> => {
  const random = randomOf(seed);
  const { dir, remove } = outboxDir();
  let isWell = false;
  const server = await countingServer(() => (isWell ? 1 : random()));
  const said = newSaid();
  const every = random() < 0.5 ? '50ms' : '1m';
  const base = { dir, url: server.url, every, bug } as const;
  try {
    const rounds = 1 + Math.floor(random() * 3);
    for (let round = 0; round < rounds; round += 1) {
      const kind = ['start', 'batch', 'request', 'close'][Math.floor(random() * 4)];
      const wait = random();
      let kept = 0;
      let requests = 0;
      const after = Math.floor(wait * 100);
      const task = kind === 'close' ? 'close' : 'work';
      await runChild(file, { ...base, task, seed: seed * 10 + round }, said, (line, child) => {
        const kill = (): void => void child.kill('SIGKILL');
        if (line === 'started') {
          // Should nothing come of what we wait for.
          setTimeout(kill, 3_000).unref();
          server.onRequest(() => {
            requests += 1;
            if (kind === 'request' && requests > after) kill();
          });
        }
        if (kind === 'start' && line === 'started') setTimeout(kill, after);
        if (kind === 'batch' && line.startsWith('kept') && (kept += 1) > after * 10) kill();
        if (kind === 'close' && line === 'closing') setTimeout(kill, after);
      });
    }
    // What still fails would be tried again in minutes only.
    isWell = true;
    await runChild(file, { ...base, task: 'drain', seed }, said);
    return findings(said, server);
  } finally {
    server.close();
    remove();
  }
};

type CountingServer = Awaited<ReturnType<typeof countingServer>>;

/** What was promised, tried and received, held against each other. */
export const findings = (said: Saying, server: CountingServer): readonly string[] => {
  const problems = [...said.problems];
  const lost = [...said.kept].filter((id) => !server.payloads.has(id));
  if (lost.length > 0) problems.push(`${lost.length} of ${said.kept.size} promised are lost`);
  for (const [user, kept] of said.keptCounts) {
    const got = server.counts.get(user) ?? 0;
    if (got < kept) problems.push(`of ${kept} promised counts of ${user} only ${got} came`);
  }
  for (const [user, got] of server.counts) {
    const tried = said.triedCounts.get(user) ?? 0;
    if (got > tried) problems.push(`${got} counts of ${user} came, ${tried} were given`);
  }
  const events = [...server.payloads].filter(([, text]) => !text.includes('"count":'));
  const made = events.filter(([id]) => !said.tried.has(id));
  if (made.length > 0) problems.push(`${made.length} came that nobody gave`);
  if (server.contradictions.length > 0) {
    problems.push(`${server.contradictions.length} ids came with different payloads`);
  }
  const { stats } = said;
  if (stats === undefined) return [...problems, 'it was not drained'];
  const { given, sent, pending } = stats;
  if (pending.records > 0) problems.push(`${pending.records} are still pending`);
  if (given.records !== sent.records || given.calls !== sent.calls) {
    problems.push(`the totals disagree: ${JSON.stringify(stats)}`);
  }
  if (sent.records !== server.payloads.size) {
    problems.push(`${sent.records} were sent, ${server.payloads.size} came`);
  }
  return problems;
};
