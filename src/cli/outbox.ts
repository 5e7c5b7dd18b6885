import { type Command, Option } from 'commander';
import { parseCount } from './metrics-values.ts';

/** What can be done with an outbox. */
export const ACTIONS = ['list', 'show', 'replay', 'drop', 'stats', 'purge'] as const;
export type Action = (typeof ACTIONS)[number];

/** Options of `tallywire outbox`, as the command line has them. */
export interface OutboxFlags {
  readonly dead: boolean;
  readonly pending: boolean;
  readonly all: boolean;
  readonly limit?: number;
  readonly user?: string;
  readonly domain?: string;
  readonly json: boolean;
}

const HELP = `
What to do:
  list              what is pending or dead, without its content
  show ID…          records with all that is in them, as JSON
  replay ID…|--all  makes dead letters pending again, under their old ids
  drop ID…|--all    gives up what is dead; with --pending, what waits to be sent
  stats             how much was ever given, and where it went
  purge             removes what is about --user ID or --domain DOMAIN, pending or dead

It works on a directory that services use, and sends nothing itself: what is replayed is sent by the
next service that has the directory open, within seconds, or that opens it. What is under way while it
is dropped or purged may still arrive. A purge does not reach what services hold in memory: the counts
of open windows, which they save again. LMDB marks what is removed as free and overwrites it when it
uses the place again, not at once: until then it can be found in data.mdb by who reads the raw file.

With --json, list prints one object on a line for each record, everything else one object.

Examples:
  tallywire outbox ./usage list --dead
  tallywire outbox ./usage replay --all
  tallywire outbox ./usage purge --user jo@example.com

Exits with 0 when all is done, 2 when some of the ids were not found, 1 when there is no outbox or it
cannot be used, 64 on a mistake in the command line.
`;

/** Adds `tallywire outbox`, which shows and changes what an outbox on disk holds. */
export function outboxCommand(program: Command): void {
  program
    .command('outbox')
    .description('Look at an outbox on disk: list, show, replay, drop, stats, purge')
    .argument('<dir>', 'the directory, as given to the tracker')
    .argument('<action>', ACTIONS.join(', '))
    .argument('[ids...]', 'which records')
    .option('--dead', 'only what the API refused', false)
    .option('--pending', 'only what waits to be sent', false)
    .option('--all', 'all of it', false)
    .option('--limit <number>', 'the most records to list', parseCount)
    .addOption(new Option('--user <id>', 'whose records to purge, as in user_id'))
    .addOption(new Option('--domain <domain>', 'the records of which company to purge'))
    .option('--json', 'for programs', false)
    .addHelpText('after', HELP)
    .action(
      async (
        dir: string,
        action: string,
        ids: readonly string[],
        flags: OutboxFlags,
        command: Command,
      ) => {
        // Only here: the other commands need not wait for it.
        const { runOutbox } = await import('./outbox-run.ts');
        await runOutbox(dir, action, ids, flags, command);
      },
    );
}
