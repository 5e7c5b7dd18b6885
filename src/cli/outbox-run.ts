import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { type LmdbOutbox, openLmdbOutbox } from '../tracker/lmdb/index.ts';
import { EXIT } from './exit-codes.ts';
import { Mistake } from './mistake.ts';
import { ACTIONS, type Action, type OutboxFlags } from './outbox.ts';
import { entriesOf, renderEntry, renderStats, write } from './outbox-words.ts';
import { plural } from './report/numbers.ts';

interface Work {
  readonly outbox: LmdbOutbox;
  readonly ids: readonly string[];
  readonly flags: OutboxFlags;
}

/** Does one thing to an outbox on disk. */
export async function runOutbox(
  dir: string,
  action: string,
  ids: readonly string[],
  flags: OutboxFlags,
  command: Command,
): Promise<void> {
  try {
    check(action, ids, flags);
  } catch (error) {
    if (error instanceof Mistake) command.error(`error: ${error.message}`);
    throw error;
  }
  if (!existsSync(join(dir, 'data.mdb'))) throw new Error(`there is no outbox in ${dir}`);
  const outbox = await openLmdbOutbox(dir, { adopt: false });
  try {
    process.exitCode = await actions[action as Action]({ outbox, ids, flags });
  } finally {
    await outbox.close();
  }
}

function check(action: string, ids: readonly string[], flags: OutboxFlags): void {
  const { all, dead, pending, user, domain } = flags;
  if (!ACTIONS.includes(action as Action)) {
    throw new Mistake(`there is no "${action}": it is one of ${ACTIONS.join(', ')}`);
  }
  const isByIds = action === 'replay' || action === 'drop';
  if (isByIds && all === ids.length > 0) throw new Mistake(`${action} what? Give ids, or --all`);
  if (action === 'show' && ids.length === 0) throw new Mistake('show what? Give ids');
  if (!isByIds && action !== 'show' && ids.length > 0) throw new Mistake(`${action} takes no ids`);
  if (action === 'replay' && pending) throw new Mistake('what is pending need not be replayed');
  if (action === 'drop' && dead && pending) throw new Mistake('drop either --dead or --pending');
  const isPurge = action === 'purge';
  if (isPurge && user === undefined && domain === undefined) {
    throw new Mistake('purge whom? Give --user or --domain');
  }
  if (user?.trim() === '') throw new Mistake('--user is empty');
  if (domain?.trim() === '') throw new Mistake('--domain is empty');
  if (!isPurge && (user !== undefined || domain !== undefined)) {
    throw new Mistake('--user and --domain go with purge');
  }
}

const actions: Readonly<Record<Action, (work: Work) => Promise<number>>> = {
  list: async ({ outbox, flags }) => {
    let left = flags.limit ?? Infinity;
    let isCut = false;
    for await (const entry of entriesOf(outbox, flags)) {
      isCut = left === 0;
      if (isCut) break;
      left -= 1;
      await write(renderEntry(entry, flags.json, Date.now()));
    }
    if (isCut) console.error(`and more: --limit ${flags.limit}`);
    return EXIT.done;
  },
  show: async ({ outbox, ids }) => {
    const missing = new Set(ids);
    for await (const { record, ...rest } of entriesOf(outbox, { dead: false, pending: false })) {
      if (!missing.delete(record.id)) continue;
      const { payload, ...head } = record;
      const shown = { ...head, ...rest, payload: JSON.parse(payload) as unknown };
      await write(`${JSON.stringify(shown, null, 2)}\n`);
      if (missing.size === 0) break;
    }
    for (const id of missing) console.error(`tallywire: there is no record ${id}`);
    return missing.size === 0 ? EXIT.done : EXIT.incomplete;
  },
  replay: async (work) =>
    tell(work, 'replayed', await work.outbox.dead.replay(idsOf(work)), 'dead letter'),
  drop: async (work) =>
    work.flags.pending
      ? tell(work, 'dropped', await work.outbox.dropPending(idsOf(work)), 'pending record')
      : tell(work, 'dropped', await work.outbox.dead.drop(idsOf(work)), 'dead letter'),
  stats: async ({ outbox, flags }) => {
    const newer = await outbox.newer();
    await write(renderStats(outbox.totals(), newer, flags.json, Date.now()));
    return EXIT.done;
  },
  purge: async ({ outbox, flags }) => {
    const { user, domain, json } = flags;
    const purged = await outbox.erase({ user, domain });
    await write(json ? `${JSON.stringify({ purged })}\n` : `purged ${plural(purged, 'record')}\n`);
    return EXIT.done;
  },
};

const idsOf = ({ ids, flags }: Work): readonly string[] | undefined =>
  flags.all ? undefined : [...new Set(ids)];

async function tell(work: Work, done: string, count: number, one: string): Promise<number> {
  const asked = idsOf(work)?.length ?? count;
  const missing = asked - count;
  const words = `${done} ${plural(count, one)}${missing > 0 ? `, ${missing} not found` : ''}\n`;
  await write(work.flags.json ? `${JSON.stringify({ [done]: count, missing })}\n` : words);
  return missing > 0 ? EXIT.incomplete : EXIT.done;
}
