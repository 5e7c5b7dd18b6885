/** How soon does the emulator answer, and what does an answer cost, beside the Prism CLI? */
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { INTEGRATIONS } from '../../src/mock/state.ts';
import { at, cpuOf, memoryOf, type Peer, startProgram } from './processes.ts';
import { median, ratio, type Report } from './report.ts';
import { scalarFolder } from './scalar.ts';

const starts = 7;
const roundCount = 21;
const requestsARound = 300;
const warmUp = 4_000;
/** One after the other, both would be paid for waking up rather than for working. */
const inFlight = 16;

interface Probe {
  readonly what: string;
  /** The document that Prism needs for it. The emulator always has both. */
  readonly document: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The body of the nth request. */
  readonly body: (n: number) => string;
}

const usage: Probe = {
  what: 'usage event',
  document: 'openapi/reo.yaml',
  path: '/api/product/usage',
  headers: { 'x-api-key': 'test_reo_key', 'content-type': 'application/json' },
  body: (n) =>
    JSON.stringify({
      payload: {
        activity_type: 'LOGIN',
        source: 'PRODUCT_CLOUD',
        product_id: 'web',
        user_id: 'ann@example.com',
        user_id_type: 'EMAIL',
        event_id: `7f0b2f6e-5b0a-4c5e-9a57-${String(n).padStart(12, '0')}`,
        event_at: 1_700_000_000,
      },
    }),
};

const msPerDay = 86_400_000;

const dayText = (day: number): string => new Date(day * msPerDay).toISOString().slice(0, 10);

const getData = (what: string, firstDay: (n: number) => number): Probe => ({
  what,
  document: 'openapi/reportei.yaml',
  path: '/metrics/get-data',
  headers: {
    authorization: 'Bearer test_reportei_token',
    'x-customer-token': 'test_customer_token',
    'content-type': 'application/json',
  },
  body: (n) =>
    JSON.stringify({
      customer_integration: INTEGRATIONS.instagram_business,
      start: dayText(firstDay(n)),
      end: dayText(firstDay(n) + 30),
      metrics: [
        {
          id: '0c4f2f0e-5f8f-4c7e-9a55-000000000001',
          reference_key: 'ig:story_replies',
          component: 'number_v1',
          metrics: ['replies'],
        },
        {
          id: '0c4f2f0e-5f8f-4c7e-9a55-000000000002',
          reference_key: 'ig:followers_gender',
          component: 'chart_v1',
          metrics: ['followers'],
          dimensions: ['gender'],
        },
        {
          id: '0c4f2f0e-5f8f-4c7e-9a55-000000000003',
          reference_key: 'ig:clicks_breakdown',
          component: 'datatable_v1',
          metrics: ['count', 'ctr'],
          dimensions: ['clicks_breakdown'],
        },
      ],
    }),
});

const january = Date.UTC(2024, 0, 1) / msPerDay;

const again = getData('get-data of three metrics, asked again', () => january);

/** So many periods that nothing which was worked out before helps. */
const anew = getData('get-data of three metrics, of new dates', (n) => january - (n % 18_000));

/** An emulator beside which ours is measured. */
interface Program {
  readonly name: string;
  readonly start: (probe: Probe, port: number, quiet: boolean) => Peer;
}

const ours: Program = {
  name: 'tallywire mock',
  start: (_, port, quiet) =>
    startProgram(at('../../dist/cli.js'), [
      'mock',
      `--port=${port}`,
      '--set=rateLimit=null',
      ...(quiet ? ['--quiet'] : []),
    ]),
};

const prism: Program = {
  name: 'prism mock',
  start: ({ document }, port, quiet) =>
    startProgram(at('../../node_modules/@stoplight/prism-cli/dist/index.js'), [
      'mock',
      at(`../../${document}`),
      `--port=${port}`,
      ...(quiet ? ['--verboseLevel', 'silent'] : []),
    ]),
};

/** It answers from the document's examples, and validates no request: it does less. */
const scalar: Program = {
  name: 'scalar mock',
  start: ({ document }, port) =>
    startProgram(at('scalar-server.mjs'), [scalarFolder(), at(`../../${document}`), String(port)]),
};

/** Scalar's wants Node 22: on an older one it is left out. */
const programs = (): readonly Program[] => {
  if (Number(process.versions.node.split('.')[0]) < 22) {
    console.log('  (@scalar/mock-server needs Node 22 or later, and is left out)');
    return [ours, prism];
  }
  return [ours, prism, scalar];
};

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

const dispatcher = new Agent();

let sent = 0;

const send = async (port: number, { path, headers, body }: Probe): Promise<void> => {
  const url = `http://127.0.0.1:${port}${path}`;
  sent += 1;
  const answer = await request(url, { method: 'POST', headers, body: body(sent), dispatcher });
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`${path} answered ${answer.statusCode}: ${text}`);
};

const isRefused = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';

const firstAnswer = async (port: number, probe: Probe): Promise<void> => {
  for (;;) {
    try {
      return await send(port, probe);
    } catch (error) {
      if (!isRefused(error)) throw error;
      await wait(2);
    }
  }
};

/** From the start of the process to its first answer, in seconds. */
const startUp = async (start: Program['start']): Promise<number> => {
  const port = await freePort();
  const began = performance.now();
  using _peer = start(usage, port, false);
  await firstAnswer(port, usage);
  return (performance.now() - began) / 1_000;
};

type Rounds = ReadonlyMap<Program, number[]>;

const roundsOf = (all: readonly Program[]): Rounds => new Map(all.map((one) => [one, []]));

const costsOf = (rounds: Rounds, program: Program): readonly number[] => rounds.get(program) ?? [];

export const emulatorStart = async (): Promise<Report> => {
  const rounds = roundsOf(programs());
  for (let round = 0; round < starts; round += 1) {
    for (const [{ start }, seconds] of rounds) seconds.push(await startUp(start));
  }
  const mine = costsOf(rounds, ours);
  return {
    question: 'From the start of the emulator to its first answer',
    rows: [...rounds].map(([{ name }, seconds]) => ({
      program: name,
      s: median(seconds),
      '× tallywire': ratio(seconds, mine),
    })),
    verdicts: [
      {
        what: 'first answer after',
        measured: median(mine),
        unit: 's',
        budget: 0.6,
        stretch: 0.4,
        better: 'less',
      },
      {
        what: 'faster than prism mock, by',
        measured: ratio(costsOf(rounds, prism), mine),
        unit: '×',
        budget: 3,
        stretch: 5,
        better: 'more',
      },
    ],
  };
};

const sendMany = async (port: number, probe: Probe, count: number): Promise<void> => {
  let left = count;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await send(port, probe);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
};

interface Running extends Disposable {
  readonly program: Program;
  readonly peer: Peer;
  readonly port: number;
}

const startAll = (all: readonly Program[], probe: Probe): Promise<readonly Running[]> =>
  Promise.all(
    all.map(async (program) => {
      const port = await freePort();
      const peer = program.start(probe, port, true);
      await firstAnswer(port, probe);
      return { program, peer, port, [Symbol.dispose]: () => peer[Symbol.dispose]() };
    }),
  );

const requestCost = async ({ peer, port }: Running, probe: Probe): Promise<number> => {
  const before = await cpuOf(peer);
  await sendMany(port, probe, requestsARound);
  return ((await cpuOf(peer)) - before) / requestsARound;
};

const compareCosts = async (all: readonly Program[], probe: Probe): Promise<Rounds> => {
  const rounds = roundsOf(all);
  const running = await startAll(all, probe);
  try {
    for (const { port } of running) await sendMany(port, probe, warmUp);
    for (let round = 0; round < roundCount; round += 1) {
      for (const one of running) rounds.get(one.program)?.push(await requestCost(one, probe));
    }
  } finally {
    for (const one of running) one[Symbol.dispose]();
  }
  return rounds;
};

export const emulatorRequest = async (): Promise<Report> => {
  const all = programs();
  const results = [];
  for (const probe of [usage, again, anew]) {
    results.push({ what: probe.what, rounds: await compareCosts(all, probe) });
  }
  return {
    question: 'CPU of the emulator per validated request',
    rows: results.flatMap(({ what, rounds }) =>
      all.map((program) => ({
        request: what,
        program: program.name,
        µs: median(costsOf(rounds, program)),
        'tallywire ÷ it': ratio(costsOf(rounds, ours), costsOf(rounds, program)),
      })),
    ),
    verdicts: results.map(({ what, rounds }) => ({
      what: `${what}, against prism mock`,
      measured: ratio(costsOf(rounds, ours), costsOf(rounds, prism)),
      unit: '×',
      budget: 0.5,
      stretch: 0.25,
      better: 'less',
    })),
  };
};

const manyRequests = 50_000;

/** Ours keeps a journal and the usage that arrived, within bounds; the others keep nothing. */
export const emulatorMemory = async (): Promise<Report> => {
  const rows = [];
  let grown = NaN;
  for (const program of programs()) {
    const [running] = await startAll([program], usage);
    if (!running) continue;
    const { peer, port } = running;
    try {
      const sizes = [await memoryOf(peer)];
      for (let half = 0; half < 4; half += 1) {
        await sendMany(port, usage, manyRequests / 2);
        sizes.push(await memoryOf(peer));
      }
      const [start = NaN, , full = NaN, , twice = NaN] = sizes;
      rows.push({
        program: program.name,
        'MB at start': start,
        [`after ${manyRequests}`]: full,
        [`after ${2 * manyRequests}`]: twice,
      });
      if (program === ours) grown = twice;
    } finally {
      peer[Symbol.dispose]();
    }
  }
  return {
    question: 'Memory of the emulator after many requests',
    rows,
    verdicts: [
      {
        what: `MB after ${2 * manyRequests} usage events`,
        measured: grown,
        unit: 'MB',
        budget: 400,
        stretch: 250,
        better: 'less',
      },
    ],
  };
};
