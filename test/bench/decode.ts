/** What does reading the metrics of an answer cost, beside parsing its JSON? */
import { INTEGRATIONS, startMockServer } from '../../src/mock/index.ts';
import type * as Callbacks from '../../src/reportei/callbacks/index.ts';
import type * as Reportei from '../../src/reportei/index.ts';
import { at } from './processes.ts';
import { median, ratio, type Report } from './report.ts';

const metrics = 1_600;
const rounds = 41;
const days = { start: '2024-01-01', end: '2024-03-31' };

/** Of every 20 queries 13 are numbers, 4 charts and 3 tables: about what dashboards hold. */
const queriesFor = ({ number, chart, datatable }: typeof Reportei): Reportei.Queries => {
  const one = (n: number): Reportei.Query => {
    const kind = n % 20;
    if (kind < 13) return number(`ig:reach_${n}`, { metrics: ['reach'] });
    if (kind < 16) return chart('ig:reach_over_time', { metrics: ['reach'], dimensions: ['date'] });
    if (kind < 17) {
      return chart('ig:age', { metrics: ['followers'], dimensions: ['age', 'gender'] });
    }
    return datatable('ig:cities', { metrics: ['followers', 'reach'], dimensions: ['city'] });
  };
  return Object.fromEntries(Array.from({ length: metrics }, (_, n) => [`q${n}`, one(n)]));
};

const timed = (work: () => unknown): number => {
  const { user, system } = process.cpuUsage();
  work();
  const spent = process.cpuUsage({ user, system });
  return (spent.user + spent.system) / 1_000;
};

export const decoding = async (): Promise<Report> => {
  const reportei = (await import(at('../../dist/src/reportei/index.js'))) as typeof Reportei;
  const callbacks = '../../dist/src/reportei/callbacks/index.js';
  const { readMetrics } = (await import(at(callbacks))) as typeof Callbacks;
  const queries = queriesFor(reportei);
  await using mock = await startMockServer({ listen: false });
  const connect = reportei.createReporteiClient({
    token: mock.keys.merchant,
    baseUrl: mock.url,
    fetch: mock.fetch,
  });
  const payload = Object.values(queries).map(({ wire }) => ({ id: crypto.randomUUID(), ...wire }));
  const ids = Object.fromEntries(payload.map(({ id }, n) => [`q${n}`, id]));
  const { responses } = await connect
    .customer(mock.keys.customer)
    .metricsById(payload, { ...days, integration: INTEGRATIONS.instagram_business })
    .withResponse();
  const text = JSON.stringify(responses[0]?.body);

  const parse: number[] = [];
  const decode: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    let body: unknown;
    const parsing = timed(() => (body = JSON.parse(text)));
    const decoding = timed(() => readMetrics(queries, ids, body));
    // The first ones warm up.
    if (round < 10) continue;
    parse.push(parsing);
    decode.push(decoding);
  }
  return {
    question: `Reading ${metrics} metrics out of an answer of ${Math.round(text.length / 1_024)} KiB`,
    rows: [
      { work: 'JSON.parse', 'CPU ms': median(parse) },
      { work: 'readMetrics', 'CPU ms': median(decode) },
    ],
    verdicts: [
      {
        what: 'CPU of decoding over JSON.parse',
        measured: ratio(decode, parse),
        unit: '×',
        budget: 3,
        stretch: 1.5,
        better: 'less',
      },
    ],
  };
};
