/** What does it cost to POST an event? */
import { startModule } from './processes.ts';
import { median, type Report } from './report.ts';

/** As in post-clients.mjs. */
const clients = [
  'undici request',
  'tallywire',
  'openapi-fetch on global fetch',
  'axios',
  'ky',
] as const;

const rounds = 9;
const postsARound = 2_000;
/** Until every client's code is compiled. */
const warmUp = 6_000;

export const post = async (): Promise<Report> => {
  using server = startModule('post-server.mjs');
  const baseUrl = `http://127.0.0.1:${String(await server.ask())}`;
  const peers = clients.map((name) => ({
    name,
    peer: startModule('post-client.mjs', [name, baseUrl]),
    costs: [] as number[],
  }));
  try {
    for (const { peer } of peers) await peer.ask(warmUp);
    // In turns, so that whatever else happens on the machine happens to all of them.
    for (let round = 0; round < rounds; round += 1) {
      for (const { peer, costs } of peers) costs.push(Number(await peer.ask(postsARound)));
    }
  } finally {
    for (const { peer } of peers) peer[Symbol.dispose]();
  }

  const cost = new Map(peers.map(({ name, costs }) => [name, median(costs)]));
  const of = (name: (typeof clients)[number]): number => cost.get(name) ?? NaN;
  const ours = of('tallywire');
  return {
    question: 'CPU per POST, 32 in flight',
    rows: [...cost].map(([client, value]) => ({
      client,
      µs: value,
      '× undici request': value / of('undici request'),
      '× tallywire': value / ours,
    })),
    verdicts: [
      {
        what: 'against a bare undici request',
        measured: ours / of('undici request'),
        unit: '×',
        budget: 1.8,
        stretch: 1.2,
        better: 'less',
      },
      {
        what: 'less than openapi-fetch on global fetch',
        measured: of('openapi-fetch on global fetch') / ours,
        unit: '×',
        budget: 8,
        stretch: 12,
        better: 'more',
      },
    ],
  };
};
