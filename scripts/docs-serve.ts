/** `npm run docs:serve`: the docs with an emulator on one origin. See `--help`. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { checkedBase, serveDocs } from './docs/serve.ts';
import { root, run } from './lib/run.ts';

const help = `npm run docs:serve -- [options]

Serves the docs, and an emulator of both APIs on the same port, to this machine only.

  --port PORT   where to listen (default 4010; 0 for a free one)
  --base PATH   the path of the docs (default /docs)
  --site DIR    a site that is built already (default site/, built if needed)
  --help        this text
`;

const options = {
  port: { type: 'string', default: '4010' },
  base: { type: 'string', default: '/docs' },
  site: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

const built = async (): Promise<string> => {
  console.log('building site/ if needed');
  const { code } = await run(
    process.execPath,
    ['node_modules/tsx/dist/cli.mjs', 'scripts/docs.ts', '--if-needed'],
    { stdio: 'inherit' },
  );
  if (code !== 0) throw new Error('The docs could not be built');
  return resolve(root, 'site');
};

const start = async (): Promise<void> => {
  const { values } = parseArgs({ options });
  if (values.help) return console.log(help);
  const port = Number(values.port);
  if (!(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
    throw new Error(`The port ${values.port} is not a whole number from 0 to 65535`);
  }
  const base = checkedBase(values.base);
  const folder = values.site === undefined ? await built() : resolve(values.site);
  const { url, close } = await serveDocs({ folder, port, base });
  console.log(`docs      ${url}${base}/`);
  console.log(`console   ${url}${base}/console/reo.html`);
  console.log(`emulator  ${url} (its inbox: ${url}/__mock/)`);
  const stop = (): void => void close();
  process.once('SIGINT', stop).once('SIGTERM', stop);
};

start().catch((error: unknown) => {
  console.error((error as Error).message);
  process.exitCode = 1;
});
