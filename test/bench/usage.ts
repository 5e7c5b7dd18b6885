/** What does it cost a service to track its usage, beside packages that do the like for others? */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type Peer, startModule } from './processes.ts';
import { median, ratio, type Report } from './report.ts';

/** As in usage-clients.mjs. */
const names = [
  'tallywire',
  'posthog-node',
  '@segment/analytics-node',
  '@rudderstack/rudder-sdk-node',
] as const;
type Name = (typeof names)[number];

const ours: Name = 'tallywire';
const posthog: Name = 'posthog-node';

interface Told {
  readonly port: number;
  readonly events: number;
  readonly requests: number;
}

const serve = async (): Promise<Disposable & { baseUrl: string; tell: () => Promise<Told> }> => {
  const server = startModule('usage-server.mjs');
  const tell = async (): Promise<Told> => (await server.ask()) as Told;
  const { port } = await tell();
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    tell,
    [Symbol.dispose]: () => server[Symbol.dispose](),
  };
};

const askOnce = async (name: Name, baseUrl: string, way: string, amount: number, most?: number) => {
  const args = [name, baseUrl, ...(most === undefined ? [] : [String(most)])];
  using peer = startModule('usage-client.mjs', args);
  // Awaited here: it ends with this scope.
  const told = await peer.ask({ way, amount });
  return told;
};

/** Median time of a call, by bursts, in turns. */
export const trackCall = async (): Promise<Report> => {
  using server = await serve();
  const peers = names.map((name) => ({
    name,
    peer: startModule('usage-client.mjs', [name, server.baseUrl]),
    costs: [] as number[],
  }));
  const ask = (peer: Peer, amount: number) =>
    peer.ask({ way: 'track', amount }) as Promise<readonly number[]>;
  try {
    for (const { peer } of peers) await ask(peer, 5_000);
    for (let round = 0; round < 9; round += 1) {
      for (const { peer, costs } of peers) costs.push(median(await ask(peer, 3_000)));
    }
  } finally {
    for (const { peer } of peers) peer[Symbol.dispose]();
  }
  const of = (name: Name): readonly number[] =>
    peers.find((peer) => peer.name === name)?.costs ?? [];
  return {
    question: 'One call of track(), with a snapshot of the event (ours), in bursts of 100',
    rows: peers.map(({ name, costs }) => ({
      client: name,
      ns: median(costs),
      '× tallywire': ratio(costs, of(ours)),
    })),
    verdicts: [
      {
        what: 'median',
        measured: median(of(ours)) / 1_000,
        unit: 'µs',
        budget: 2,
        stretch: 0.5,
        better: 'less',
      },
      {
        what: 'against posthog-node',
        measured: ratio(of(ours), of(posthog)),
        unit: '×',
        budget: 1 / 3,
        stretch: 0.2,
        better: 'less',
      },
    ],
  };
};

/** From the call to the answer. Each round is a process: they end by being closed. */
export const delivery = async (): Promise<Report> => {
  const events = 20_000;
  const costs = new Map<Name, number[]>(names.map((name) => [name, []]));
  const seen = new Map<Name, Told>();
  for (let round = 0; round < 3; round += 1) {
    for (const name of names) {
      using server = await serve();
      costs.get(name)?.push(Number(await askOnce(name, server.baseUrl, 'deliver', events)));
      seen.set(name, await server.tell());
    }
  }
  const of = (name: Name): readonly number[] => costs.get(name) ?? [];
  return {
    question: `CPU per event from track() to the answer, ${events} events; the others send batches`,
    rows: names.map((name) => ({
      client: name,
      µs: median(of(name)),
      '× posthog-node': ratio(of(name), of(posthog)),
      arrived: seen.get(name)?.events ?? 0,
      requests: seen.get(name)?.requests ?? 0,
    })),
    verdicts: [
      {
        what: 'against posthog-node',
        measured: ratio(of(ours), of(posthog)),
        unit: '×',
        budget: 0.7,
        stretch: 0.5,
        better: 'less',
      },
    ],
  };
};

export const loopDelay = async (): Promise<Report> => {
  const perSecond = 500;
  using server = await serve();
  const rows = [];
  for (const name of names) {
    const told = (await askOnce(name, server.baseUrl, 'delay', perSecond)) as {
      readonly p99: number;
      readonly max: number;
    };
    rows.push({ client: name, 'p99 ms': told.p99, 'longest ms': told.max });
  }
  return {
    question: `Delay of the event loop at ${perSecond} events a second (1 ms is the measure's own)`,
    rows,
    verdicts: [],
  };
};

/** An address that refuses every connection: what listened there has ended. */
const nobody = async (): Promise<string> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return `http://127.0.0.1:${port}`;
};

export const sinkDown = async (): Promise<Report> => {
  const down = await nobody();
  const cases: readonly (readonly [Name, string, number | undefined])[] = [
    [ours, 'tallywire, by default', 100_000],
    [ours, 'tallywire, room for all', 1_000_000],
    [posthog, 'posthog-node, room for all', 1_000_000],
    ['@segment/analytics-node', '@segment/analytics-node', undefined],
    ['@rudderstack/rudder-sdk-node', '@rudderstack/rudder-sdk-node, by default', 20_000],
  ];
  const rows = [];
  for (const [name, label, most] of cases) {
    const told = (await askOnce(name, down, 'memory', 1_000_000, most)) as {
      readonly done: number;
      readonly mb: number;
      readonly kept?: number;
      readonly unhandled: number;
    };
    rows.push({
      client: label,
      'events in a minute at most': told.done,
      'peak MB': told.mb,
      kept: told.kept ?? 'unknown',
      'unhandled rejections': told.unhandled,
    });
  }
  return { question: '1 M events while the sink is down', rows, verdicts: [] };
};
