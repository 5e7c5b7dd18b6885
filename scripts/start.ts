/** `npm start`: the emulator, and the main job run against it. */
import { statSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { createReoClient, createReporteiClient } from '../src/index.ts';
import { INTEGRATIONS, type MockServer, startMockServer } from '../src/mock/index.ts';
import { dashboard, fetchDashboard, receiveDashboard } from './main-job/dashboard.ts';
import { open, readLines } from './main-job/input.ts';
import { heading, pc, report, table } from './main-job/print.ts';
import { createProgress } from './main-job/progress.ts';
import { countByDomain, sendAll } from './main-job/send.ts';

const help = `Starts the emulator of both APIs and runs the main job against it: sends usage events
from NDJSON and their counts by company, fetches a dashboard, receives it once more by webhook.

  npm start                         the sample that ships with the project
  npm start -- events.ndjson        a file of your own
  npm start -- - < events.ndjson    standard input
  npm start -- --once               ends after the job (also without a terminal)

A line of the input is an event ({"activity_type", "product_id", "user_id", "user_id_type", …}) or,
with a "mode", a count. Bad lines are named and skipped.

Options:
  --port NUMBER   where the emulator listens (default: a free port)
  --once          stop the emulator after the job and exit
  --help

Exits with 0 after the job, 1 when it could not be done, 2 on a mistake in the command line.
`;

const usageError = (message: string): never => {
  console.error(`${message}\nnpm start -- --help shows what there is`);
  process.exit(2);
};

const readArguments = () => {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        port: { type: 'string', default: '0' },
        once: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    return { ...values, positionals };
  } catch (error) {
    return usageError((error as Error).message);
  }
};

const options = readArguments();
if (options.help) {
  console.log(help);
  process.exit(0);
}
if (options.positionals.length > 1) usageError('give one file, or - for standard input');
if (!/^\d{1,5}$/.test(options.port) || Number(options.port) > 65_535) {
  usageError('--port takes a number from 0 to 65535');
}

const sample = fileURLToPath(new URL('main-job/sample-events.ndjson', import.meta.url));
const path = options.positionals[0] ?? sample;
if (path !== '-' && !statSync(path, { throwIfNoEntry: false })?.isFile()) {
  usageError(`there is no file ${path}`);
}
const once = options.once || !process.stdout.isTTY;

const sendUsage = async (mock: MockServer): Promise<void> => {
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

try {
  const mock = await startMockServer({ port: Number(options.port) });
  console.log(`listening on ${mock.url}`);
  await sendUsage(mock);
  await showMetrics(mock);
  if (once) {
    await mock.close();
  } else {
    console.log(farewell(mock));
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => void mock.close().then(() => process.exit()));
    }
  }
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
