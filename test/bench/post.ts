/** What does it cost to POST an event? */
import { type Peer, startModule } from './processes.ts';
import { median, ratio, type Report } from './report.ts';

/** As in post-clients.mjs. */
const clients = [
  'undici request',
  'tallywire',
  'openapi-fetch on global fetch',
  'axios',
  'ky',
] as const;

const rounds = 25;
/** CPU time that a round takes, in microseconds: the quick clients send more in it. */
const roundCost = 200_000;
/** Until every client's code is compiled. */
const warmUp = 6_000;
/** Not counted: after the others' turns the connections have to be opened again. */
const runUp = 64;

export const post = async (): Promise<Report> => {
  using server = startModule('post-server.mjs');
  const baseUrl = `http://127.0.0.1:${String(await server.ask())}`;
  const peers = clients.map((name) => ({
    name,
    peer: startModule('post-client.mjs', [name, baseUrl]),
    costs: [] as number[],
  }));
  try {
    const posts = new Map<Peer, number>();
    for (const { peer } of peers) {
      await peer.ask(warmUp);
      posts.set(peer, Math.ceil(roundCost / Number(await peer.ask(warmUp / 6))));
    }
    // In turns, so that whatever else happens on the machine happens to all of them.
    for (let round = 0; round < rounds; round += 1) {
      for (const { peer, costs } of peers) {
        await peer.ask(runUp);
        costs.push(Number(await peer.ask(posts.get(peer))));
      }
    }
  } finally {
    for (const { peer } of peers) peer[Symbol.dispose]();
  }

  const of = (name: (typeof clients)[number]): readonly number[] =>
    peers.find((peer) => peer.name === name)?.costs ?? [];
  const ours = of('tallywire');
  return {
    question: 'CPU per POST, 32 in flight',
    rows: peers.map(({ name, costs }) => ({
      client: name,
      µs: median(costs),
      '× undici request': ratio(costs, of('undici request')),
      '× tallywire': ratio(costs, ours),
    })),
    verdicts: [
      {
        what: 'against a bare undici request',
        measured: ratio(ours, of('undici request')),
        unit: '×',
        budget: 1.8,
        stretch: 1.2,
        better: 'less',
      },
      {
        what: 'less than openapi-fetch on global fetch',
        measured: ratio(of('openapi-fetch on global fetch'), ours),
        unit: '×',
        budget: 8,
        stretch: 12,
        better: 'more',
      },
    ],
  };
};
