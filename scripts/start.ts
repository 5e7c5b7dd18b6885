/** `npm start`: the emulator, and the main job run against it. */
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

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

try {
  // Only now: a mistake in the command line is told at once.
  const { runJob } = await import('./main-job/job.ts');
  await runJob({ path, port: Number(options.port), once });
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
