import { type Command, InvalidArgumentError } from 'commander';
import pc from 'picocolors';
import type { Keys, MockServer } from '../mock/index.ts';

interface Options {
  readonly port: number;
  readonly host: string;
  readonly seed: string;
  readonly keys?: Partial<Keys>;
  readonly quiet: boolean;
}

const EXAMPLES = `
Examples:
  tallywire mock
  tallywire mock --port 0 --quiet
  tallywire mock --seed demo --keys reo=my_key,customer=my_customer_token

Exits with 0 when stopped, 1 when it cannot start, 2 on a mistake in the command line.
`;

/** Adds `tallywire mock`, which runs the emulator until it is stopped. */
export function mockCommand(program: Command): void {
  program
    .command('mock')
    .description('Run an emulator of both APIs on this machine')
    .option('-p, --port <number>', 'port to listen on, 0 for any free one', parsePort, 4010)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--seed <text>', 'another seed gives other data', '1')
    .option('--keys <list>', 'credentials: reo=…,merchant=…,customer=…', parseKeys)
    .option('-q, --quiet', 'say only where it listens', false)
    .addHelpText('after', EXAMPLES)
    .action(run);
}

async function run({ port, host, seed, keys = {}, quiet }: Options): Promise<void> {
  // Only here: the other commands need not wait for Prism to load.
  const { startMockServer } = await import('../mock/index.ts');
  const server = await startMockServer({
    port,
    host,
    seed,
    keys,
    logFormat: pc.isColorSupported && process.stdout.isTTY ? 'colors' : 'plain',
    ...(quiet ? {} : { log: (line) => console.log(line) }),
  });

  // A second signal finds no listener and ends the process at once.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void server.close().then(() => process.exit(0)));
  }
  if (!quiet) console.log(await introduction(server));
  console.log(`listening on ${server.url}`);
}

async function introduction({ url, keys }: MockServer): Promise<string> {
  const { INTEGRATIONS } = await import('../mock/index.ts');
  return `
  Reo.Dev product usage under /api/product, Reportei Connect under /api and without it.

  export REO_BASE_URL=${url} REO_API_KEY=${keys.reo}
  export REPORTEI_BASE_URL=${url}/api REPORTEI_TOKEN=${keys.merchant}
  export REPORTEI_CUSTOMER_TOKEN=${keys.customer}

  integrations  ${INTEGRATIONS.instagram_business} (Instagram)
                ${INTEGRATIONS.google_analytics_4} (Google Analytics)
  what it holds ${url}/__mock/state

  curl ${url}/api/product/usage -H 'X-API-KEY: ${keys.reo}' -H 'Content-Type: application/json' \\
    -d '{"payload":{"activity_type":"LOGIN","source":"PRODUCT_CLOUD","product_id":"web","event_at":1735689600,"user_id":"ann@example.com","user_id_type":"EMAIL"}}'
  curl ${url}/api/customers -H 'Authorization: Bearer ${keys.merchant}'
`;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a whole number from 0 to 65535.');
}

const NAMES: readonly string[] = ['reo', 'merchant', 'customer'] satisfies (keyof Keys)[];

function parseKeys(text: string, before: Partial<Keys> = {}): Partial<Keys> {
  const pairs = text.split(',').map((pair): [string, string] => {
    const [, name = '', value = ''] = /^\s*([^=]*?)\s*=\s*(.*?)\s*$/.exec(pair) ?? [];
    if (!NAMES.includes(name) || value === '') {
      throw new InvalidArgumentError(`Write them as reo=…,merchant=…,customer=…`);
    }
    return [name, value];
  });
  return { ...before, ...Object.fromEntries(pairs) };
}
