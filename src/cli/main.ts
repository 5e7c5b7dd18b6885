#!/usr/bin/env node
import { Command } from 'commander';
import { packageVersion } from '../mock/package-root.ts';
import { EXIT } from './exit-codes.ts';
import { metricsCommand } from './metrics.ts';
import { mockCommand } from './mock.ts';
import { outboxCommand } from './outbox.ts';
import { sendCommand } from './send.ts';
import { typesCommand } from './types.ts';

process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  // `tallywire mock | head` ends the reader first: nothing is wrong then, unless it is already known.
  if (code === 'EPIPE') process.exit(process.exitCode ?? EXIT.done);
  console.error(`tallywire: cannot write: ${message}`);
  process.exit(process.exitCode || EXIT.failed);
});

const program = new Command('tallywire')
  .description('Product usage in (Reo.Dev), metrics out (Reportei Connect). Unofficial.')
  .version(packageVersion())
  .showHelpAfterError('(--help shows what there is)')
  .exitOverride((end) => process.exit(end.exitCode === 0 ? EXIT.done : EXIT.usage));

mockCommand(program);
metricsCommand(program);
sendCommand(program);
outboxCommand(program);
typesCommand(program);

await program.parseAsync().catch((error: unknown) => {
  console.error(`tallywire: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = EXIT.failed;
});
