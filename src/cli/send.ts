import { type Command, Option } from 'commander';
import { parseCount } from './metrics-values.ts';
import type { SendFlags } from './send/plan.ts';
import { parsePairs, parseRate, parseWindow } from './send/values.ts';

const HELP = `
Each row becomes one record: a count if it has a count or a mode, else an event. Columns are called as
the fields of the API, or --map names them (user_id=email, meta.plan=plan, user_id=user.email for what
lies deeper in ndjson); --set is the same for every row and wins over the row.
  activity_type product_id source event_at event_id environment ip_addr user_agent meta
  user_id user_id_type, and for counts: mode domain count
event_at is an ISO 8601 date with dashes (UTC without a zone) or seconds since 1970 (as a text, 9 digits
or more); a row without one gets the time at which the run began. A whole number in meta beyond 2^53 has
to be a text. CSV has a header; its delimiter is the one that the header has.

The same command goes on where it was ended, also by kill -9: what was under way is sent again, under
the same ids. They are made of the file (its size, and its first and last 64 KiB), the row's place in it
and the options that say what it means. How far it has come stands in FILE.tallywire-progress; a power
cut may cost it its last seconds, which are sent again. A file that is done is not sent again without
--restart. Standard input is resumed only under a name of its own (--id), and if it is the same again.

What cannot be sent goes to FILE.rejected.ndjson with its line and the reason, and the rest goes on:
rows that are no records, and records that the API refuses while it takes others. Correct them in a
file of their own and send that: a file that is changed has other ids, and would be sent again as a whole.
A job that begins anew replaces the rejects of its own earlier runs; with anything else in their place it
does not begin.

--aggregate folds rows into counts per user or company over windows of event_at; an event counts 1.
--outbox puts all records into an outbox on disk and delivers them from there; what is left there when
it ends, whoever opens it next delivers ("tallywire outbox DIR").

The key is read from REO_API_KEY, the address from REO_BASE_URL.

Examples:
  tallywire send usage.ndjson --dry-run
  tallywire send export.csv --map activity_type=event,user_id=email,event_at=created_at \\
    --set product_id=studio,user_id_type=EMAIL --meta-rest
  tallywire send usage.ndjson --aggregate 1h --rate 50
  zcat 2024.ndjson.gz | tallywire send - --format ndjson --id 2024

Exits with 0 when all is sent, 2 when rows were bad or records refused, 1 when it cannot go on, 64 on a
mistake in the command line, 130 after ctrl-C (once: what is under way ends; twice: at once).
`;

/** Adds `tallywire send`, which sends usage from a file. */
export function sendCommand(program: Command): void {
  program
    .command('send')
    .description('Send product usage from a file, of any size; can be ended and goes on')
    .argument('<file>', 'ndjson or CSV, - for standard input')
    .addOption(
      new Option('-f, --format <format>', "default: by the file's name").choices(['ndjson', 'csv']),
    )
    .option(
      '--map <field=column>',
      'which column a field is in, again or with commas for more',
      parsePairs,
    )
    .option(
      '--set <field=value>',
      'a field of every row, again or with commas for more',
      parsePairs,
    )
    .option('--meta-rest', 'put all other columns into meta', false)
    .option('--ignore-unknown', 'leave all other columns out', false)
    .option('--aggregate <time>', 'fold into counts over windows of such as 1h', parseWindow)
    .option('--outbox <dir>', 'put into an outbox on disk first (LMDB)')
    .option('--rate <number>', 'the most requests per second', parseRate)
    .option('--concurrency <number>', 'requests under way at once', parseCount, 32)
    .option('--dry-run', 'check every row, send nothing', false)
    .option('--rejects <file>', 'where what cannot be sent goes')
    .option('--progress <file>', 'where it stands how far it has come')
    .option('--id <name>', 'what the rows are known by, in place of what the file is')
    .option('--restart', 'send a file again from its beginning, under the same ids', false)
    .option('-q, --quiet', 'no progress and no notes on standard error', false)
    .option('--json', 'print the summary as one JSON object', false)
    .addHelpText('after', HELP)
    .action(async (file: string, flags: SendFlags, command: Command) => {
      // Only here: the other commands need not wait for it.
      const { runSend } = await import('./send/run.ts');
      await runSend(file, flags, command);
    });
}
