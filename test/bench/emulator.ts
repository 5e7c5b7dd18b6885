/** How soon does the emulator answer, and what does an answer cost, beside the Prism CLI? */
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { INTEGRATIONS } from '../../src/mock/state.ts';
import { at, cpuOf, type Peer, startProgram } from './processes.ts';
import { median, ratio, type Report } from './report.ts';

const starts = 7;
const rounds = 21;
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
  readonly body: string;
}

const usage: Probe = {
  what: 'usage event',
  document: 'openapi/reo.yaml',
  path: '/api/product/usage',
  headers: { 'x-api-key': 'test_reo_key', 'content-type': 'application/json' },
  body: JSON.stringify({
    payload: {
      activity_type: 'LOGIN',
      source: 'PRODUCT_CLOUD',
      product_id: 'web',
      user_id: 'ann@example.com',
      user_id_type: 'EMAIL',
      event_id: '7f0b2f6e-5b0a-4c5e-9a57-6d3c2b1a0f9e',
      event_at: 1_700_000_000,
    },
  }),
};

const metrics: Probe = {
  what: 'get-data of three metrics',
  document: 'openapi/reportei.yaml',
  path: '/metrics/get-data',
  headers: {
    authorization: 'Bearer test_reportei_token',
    'x-customer-token': 'test_customer_token',
    'content-type': 'application/json',
  },
  body: JSON.stringify({
    customer_integration: INTEGRATIONS.instagram_business,
    start: '2024-01-01',
    end: '2024-01-31',
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
};

type Start = (probe: Probe, port: number, quiet: boolean) => Peer;

const programs: Readonly<Record<string, Start>> = {
  'tallywire mock': (_, port, quiet) =>
    startProgram(at('../../dist/cli.js'), [
      'mock',
      '--port',
      String(port),
      ...(quiet ? ['--quiet'] : []),
    ]),
  'prism mock': ({ document }, port, quiet) =>
    startProgram(at('../../node_modules/@stoplight/prism-cli/dist/index.js'), [
      'mock',
      at(`../../${document}`),
      '--port',
      String(port),
      ...(quiet ? ['--verboseLevel', 'silent'] : []),
    ]),
};

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

const dispatcher = new Agent();

const send = async (port: number, { path, headers, body }: Probe): Promise<void> => {
  const url = `http://127.0.0.1:${port}${path}`;
  const answer = await request(url, { method: 'POST', headers, body, dispatcher });
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
const startUp = async (start: Start): Promise<number> => {
  const port = await freePort();
  const began = performance.now();
  using _peer = start(usage, port, false);
  await firstAnswer(port, usage);
  return (performance.now() - began) / 1_000;
};

export const emulatorStart = async (): Promise<Report> => {
  const times = Object.entries(programs).map(([name, start]) => ({
    name,
    start,
    seconds: [] as number[],
  }));
  for (let round = 0; round < starts; round += 1) {
    for (const { start, seconds } of times) seconds.push(await startUp(start));
  }
  const [ours = [], prism = []] = times.map(({ seconds }) => seconds);
  return {
    question: 'From the start of the emulator to its first answer',
    rows: times.map(({ name, seconds }) => ({
      program: name,
      s: median(seconds),
      '× tallywire': ratio(seconds, ours),
    })),
    verdicts: [
      {
        what: 'first answer after',
        measured: median(ours),
        unit: 's',
        budget: 0.6,
        stretch: 0.4,
        better: 'less',
      },
      {
        what: 'faster than prism mock, by',
        measured: ratio(prism, ours),
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

const requestCost = async (peer: Peer, port: number, probe: Probe): Promise<number> => {
  const before = await cpuOf(peer);
  await sendMany(port, probe, requestsARound);
  return ((await cpuOf(peer)) - before) / requestsARound;
};

interface Costs {
  readonly ours: readonly number[];
  readonly prism: readonly number[];
}

const compareCosts = async (probe: Probe): Promise<Costs> => {
  const running = await Promise.all(
    Object.values(programs).map(async (start) => {
      const port = await freePort();
      const peer = start(probe, port, true);
      await firstAnswer(port, probe);
      return { peer, port, costs: [] as number[] };
    }),
  );
  try {
    for (const { port } of running) await sendMany(port, probe, warmUp);
    for (let round = 0; round < rounds; round += 1) {
      for (const { peer, port, costs } of running) {
        costs.push(await requestCost(peer, port, probe));
      }
    }
  } finally {
    for (const { peer } of running) peer[Symbol.dispose]();
  }
  const [ours = [], prism = []] = running.map(({ costs }) => costs);
  return { ours, prism };
};

export const emulatorRequest = async (): Promise<Report> => {
  const results = [];
  for (const probe of [usage, metrics]) {
    results.push({ what: probe.what, ...(await compareCosts(probe)) });
  }
  return {
    question: 'CPU of the emulator per validated request',
    rows: results.map(({ what, ours, prism }) => ({
      request: what,
      'tallywire µs': median(ours),
      'prism µs': median(prism),
      'tallywire ÷ prism': ratio(ours, prism),
    })),
    verdicts: results.map(({ what, ours, prism }) => ({
      what: `${what}, against prism mock`,
      measured: ratio(ours, prism),
      unit: '×',
      budget: 0.5,
      stretch: 0.25,
      better: 'less',
    })),
  };
};
