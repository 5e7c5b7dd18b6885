/** What `npm start` runs: usage in, metrics out, against an emulator of its own. */
import { relative } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { createReoClient, createReporteiClient } from '../../src/index.ts';
import { INTEGRATIONS, type MockServer, startMockServer } from '../../src/mock/index.ts';
import { dashboard, fetchDashboard, receiveDashboard } from './dashboard.ts';
import { open, readLines } from './input.ts';
import { heading, pc, report, table } from './print.ts';
import { createProgress } from './progress.ts';
import { countByDomain, sendAll } from './send.ts';

const sendUsage = async (mock: MockServer, path: string): Promise<void> => {
  const reo = createReoClient({ apiKey: mock.keys.reo, baseUrl: mock.url });
  const progress = createProgress();
  const reporting = {
    onProgress: progress.show,
    onProblem: (line: number, problem: string) => progress.say(`line ${line}: ${problem}`),
  };

  console.log(heading(`Usage events from ${path === '-' ? 'standard input' : relative('', path)}`));
  const { tally, events } = await sendAll(readLines(open(path)), { reo, ...reporting });
  progress.end();
  console.log(`  ${tally.sent} sent, ${tally.refused} refused, ${tally.skipped} skipped`);

  const counts = countByDomain(events);
  for (const count of counts) await reo.sendCount(count);
  if (counts.length > 0) {
    console.log(heading('The same as counts by company'));
    const largest = counts.toSorted((a, b) => b.count - a.count).slice(0, 8);
    const rows = largest.map((one) => [one.domain ?? '', one.activity_type, one.count]);
    console.log(table(['domain', 'activity', 'count'], rows));
    if (counts.length > largest.length) console.log(`  and ${counts.length - largest.length} more`);
  }

  const held = mock.usage.counts();
  const sum = held.reduce((total, { payload }) => total + payload.count, 0);
  console.log(
    `\n  The emulator holds ${mock.usage.events().length} events and ${held.length} counts with a sum of ${sum}`,
  );
};

const showMetrics = async (mock: MockServer): Promise<void> => {
  const connect = createReporteiClient({ token: mock.keys.merchant, baseUrl: `${mock.url}/api` });
  const customer = connect.customer(mock.keys.customer);
  const integration = INTEGRATIONS.instagram_business;
  const results = await fetchDashboard(customer, integration);
  console.log(`\n${report(dashboard, results, integration)}`);

  const received = await receiveDashboard(customer, integration);
  const others = Object.values(received).map(({ ok, ...result }) => (ok ? result : undefined));
  const same = isDeepStrictEqual(others, Object.values(results));
  console.log(heading('The same dashboard by webhook'));
  console.log(same ? `  ${pc.green('✓')} arrived, and is the same` : '  arrived, but DIFFERS');
  if (!same) process.exitCode = 1;
};

const farewell = ({
  url,
  keys,
}: MockServer): string => `${heading(`The emulator goes on at ${url}`)}

  curl ${url}/api/product/usage -H 'X-API-KEY: ${keys.reo}' -H 'Content-Type: application/json' \\
    -d '{"payload":{"activity_type":"LOGIN","source":"PRODUCT_CLOUD","product_id":"web","event_at":${Math.floor(Date.now() / 1_000)},"user_id":"ann@example.com","user_id_type":"EMAIL"}}'
  curl ${url}/api/customers -H 'Authorization: Bearer ${keys.merchant}'
  curl ${url}/__mock/state

  Ctrl-C stops it.`;

export interface Job {
  /** Of the events; `-` is standard input. */
  readonly path: string;
  readonly port: number;
  /** Whether the emulator stops after the job. */
  readonly once: boolean;
}

export const runJob = async ({ path, port, once }: Job): Promise<void> => {
  const mock = await startMockServer({ port });
  console.log(`listening on ${mock.url}`);
  await sendUsage(mock, path);
  await showMetrics(mock);
  if (once) return mock.close();
  console.log(farewell(mock));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void mock.close().then(() => process.exit()));
  }
};
