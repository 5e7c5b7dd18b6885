import type { Command } from 'commander';
import pc from 'picocolors';
import type { FaultRule, Keys, MockServer, MockServerOptions, Settings } from '../mock/index.ts';
import {
  collect,
  parseDuration,
  parseFault,
  parseKeys,
  parsePort,
  parseSetting,
  parseUpstream,
} from './mock-values.ts';
import { introduction } from './mock-introduction.ts';
import { openInBrowser } from './open.ts';

interface Options {
  readonly port: number;
  readonly host: string;
  readonly allowHost?: readonly string[];
  readonly cors?: readonly string[];
  readonly seed: string;
  readonly catalog?: string;
  readonly keys?: Partial<Keys>;
  readonly set?: Partial<Settings>;
  readonly strict?: boolean;
  readonly fault?: readonly FaultRule[];
  readonly delay?: number | string;
  readonly webhookAllow?: readonly string[];
  readonly state?: string;
  readonly upstream?: Readonly<Record<string, string>>;
  readonly record?: string;
  readonly replay?: string;
  readonly showSecrets?: boolean;
  readonly open?: boolean;
  readonly jsonLogs?: boolean;
  readonly quiet: boolean;
}

const EXAMPLES = `
Examples:
  tallywire mock --open
  tallywire mock --port 0 --quiet
  tallywire mock --seed demo --keys reo=my_key,customer=my_customer_token
  tallywire mock --fault "sendUsage status=503 retryAfter=2 times=3" --delay 200ms
  tallywire mock --fault "getData metrics.type=expired_token metrics.referenceKey=ig:reach"
  tallywire mock --strict --set envelope=true --set activities=LOGIN,EXPORT
  tallywire mock --host 0.0.0.0 --allow-host mock --webhook-allow app:3000
  tallywire mock --upstream https://connect.reportei.com --record answers.ndjson
  tallywire mock --replay answers.ndjson

Operations for --fault, their fields and the settings are described in openapi/emulator.yaml.
Exits with 0 when stopped, 1 when it cannot start, 64 on a mistake in the command line.
`;

/** Adds `tallywire mock`, which runs the emulator until it is stopped. */
export function mockCommand(program: Command): void {
  program
    .command('mock')
    .description('Run an emulator of both APIs on this machine, with a page to look into it')
    .option('-p, --port <number>', 'port to listen on, 0 for any free one', parsePort, 4010)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option(
      '--allow-host <name>',
      'a name under which others may reach it, again for more',
      collect,
    )
    .option('--cors <origin>', 'an origin whose pages may call it, again for more', collect)
    .option('--seed <text>', 'another seed gives other data', '1')
    .option('--catalog <dir>', 'payload files of the vendor: which metrics there are, what sums')
    .option('--keys <list>', 'credentials: reo=…,merchant=…,customer=…', parseKeys)
    .option('--fault <rule>', 'make calls fail, again for more; see the examples', parseFault)
    .option('--delay <time>', 'let every call wait, such as 200ms', parseDuration)
    .option('--webhook-allow <host>', 'a host beyond this machine that webhooks may reach', collect)
    .option('--strict', 'refuse fields that no document names')
    .option(
      '--set <name=value>',
      'decide what the documents leave open, again for more',
      parseSetting,
    )
    .option('--state <file>', 'keep customers, usage and settings in a file')
    .option('--upstream <url>', 'forward to the real API and check both sides', parseUpstream)
    .option('--record <file>', 'add the answers of --upstream to a file, without keys')
    .option('--replay <file>', 'give recorded answers again')
    .option('--show-secrets', 'show keys and tokens in page, export and control API')
    .option('--open', 'open the page in the browser')
    .option('--json-logs', 'one JSON object a line')
    .option('-q, --quiet', 'say only where it listens, and what does not work', false)
    .addHelpText('after', EXAMPLES)
    .action(run);
}

async function run(options: Options, command: Command): Promise<void> {
  // Only here: the other commands need not wait for the validators to load.
  const [{ checkOptions }, { startMockServer }] = await Promise.all([
    import('../mock/options.ts'),
    import('../mock/index.ts'),
  ]);
  const { delay, fault: faults = [], set = {}, strict, quiet, jsonLogs = false } = options;
  const settings = { ...set, ...defined({ strict, delay }) };
  try {
    checkOptions({ faults, settings });
  } catch (error) {
    command.error(`error: ${(error as Error).message}`);
  }

  const colors = pc.isColorSupported && (quiet ? process.stderr : process.stdout).isTTY;
  const server = await startMockServer({
    ...mapped(options),
    faults,
    settings,
    logFormat: jsonLogs ? 'json' : colors ? 'colors' : 'plain',
    logLevel: quiet ? 'problems' : 'all',
    log: (line) => (quiet ? console.error(line) : console.log(line)),
  });

  // A second signal finds no listener and ends the process at once.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void stop(server, options));
  }
  if (jsonLogs) {
    console.log(
      JSON.stringify({ level: 'info', kind: 'note', message: 'listening', url: server.url }),
    );
  } else {
    if (!quiet) console.log(await introduction(server, options));
    console.log(`listening on ${server.url}`);
  }
  if (options.open === true) openInBrowser(`${server.url}/__mock/`);
}

/** Options that are the same here and there, under the names of the command line. */
function mapped(options: Options): MockServerOptions {
  const { port, host, seed, catalog, keys, upstream, record, replay, showSecrets } = options;
  const { allowHost, cors, webhookAllow, state } = options;
  return defined({
    port,
    host,
    seed,
    catalog,
    keys,
    upstream,
    record,
    replay,
    showSecrets,
    cors,
    allowHosts: allowHost,
    webhookHosts: webhookAllow,
    stateFile: state,
  });
}

type Defined<Fields> = { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };

/** Without the fields that were not given. */
const defined = <Fields extends object>(fields: Fields): Defined<Fields> =>
  Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Defined<Fields>;

async function stop(server: MockServer, { quiet, jsonLogs }: Options): Promise<void> {
  await server.close();
  if (jsonLogs === true)
    console.log(JSON.stringify({ level: 'info', kind: 'note', message: 'stopped' }));
  else if (!quiet) console.log('stopped');
  process.exit(0);
}
