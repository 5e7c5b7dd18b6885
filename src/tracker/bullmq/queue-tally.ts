import type { Redis } from 'ioredis';
import type { UsageRecord } from '../record.ts';
import type { DropReason, Tally, Totals } from '../tally.ts';
import type { QueueKeys } from './keys.ts';

/**
 * What became of the records of a queue, over all who use it, since it was made. How many are pending
 * and dead BullMQ knows; what is gone is counted here, one step after BullMQ's own: a process that dies
 * between the two leaves the records that it had under way uncounted in `given` and `sent`. The sums
 * agree all the same, since `given` is made of the others.
 */
export interface QueueTally {
  /** Before records are added. The same ones may be announced any number of times. */
  readonly enter: (records: readonly UsageRecord[]) => Promise<void>;
  /** After a record left for good. */
  readonly leave: (from: Place, record: UsageRecord, to: 'sent' | DropReason) => Promise<void>;
  /** After a record died, or came back. */
  readonly move: (from: Place, to: Place, record: UsageRecord) => Promise<void>;
  readonly totals: () => Promise<Totals>;
}

export type Place = 'pending' | 'dead';

// Most records have one call, and those need nothing: only what is over one is kept, by record, so
// that the same record put twice counts once.
const enterScript = `
for i = 1, #ARGV, 2 do
  if redis.call('HSETNX', KEYS[2], ARGV[i], ARGV[i + 1]) == 1 then
    redis.call('HINCRBY', KEYS[1], 'pending', ARGV[i + 1])
  end
end`;

const leaveScript = `
local extra = redis.call('HGET', KEYS[2], ARGV[1])
if extra then
  redis.call('HINCRBY', KEYS[1], ARGV[2], string.format('%.0f', -tonumber(extra)))
  redis.call('HDEL', KEYS[2], ARGV[1])
end
redis.call('HINCRBY', KEYS[1], ARGV[3] .. ':records', 1)
redis.call('HINCRBY', KEYS[1], ARGV[3] .. ':calls', ARGV[4])`;

const moveScript = `
local extra = redis.call('HGET', KEYS[2], ARGV[1])
if extra then
  redis.call('HINCRBY', KEYS[1], ARGV[2], string.format('%.0f', -tonumber(extra)))
  redis.call('HINCRBY', KEYS[1], ARGV[3], extra)
end`;

// Those that wait are in the order in which they fell due, so the oldest is near the front.
const totalsScript = `
local oldest = false
local function see(ids)
  for _, id in ipairs(ids) do
    local at = tonumber(redis.call('HGET', KEYS[6] .. id, 'timestamp'))
    if at and (not oldest or at < oldest) then oldest = at end
  end
end
local pending = redis.call('ZCARD', KEYS[4])
see(redis.call('ZRANGE', KEYS[4], 0, 99))
for i = 1, 3 do
  pending = pending + redis.call('LLEN', KEYS[i])
  see(redis.call('LRANGE', KEYS[i], -100, -1))
end
return {
  pending,
  redis.call('ZCARD', KEYS[5]),
  oldest and string.format('%.0f', oldest) or '',
  redis.call('HGETALL', KEYS[7]),
}`;

const noTally: Tally = { records: 0, calls: 0 };
const add = (a: Tally, b: Tally): Tally => ({
  records: a.records + b.records,
  calls: a.calls + b.calls,
});

/** What the script says, as totals. */
const read = (answer: unknown): Totals => {
  const [pendingRecords, deadRecords, oldest, fields] = answer as [
    number,
    number,
    string,
    readonly string[],
  ];
  const counts = new Map<string, number>();
  for (let i = 0; i < fields.length; i += 2) counts.set(fields[i] ?? '', Number(fields[i + 1]));
  const extra = (place: Place): number => counts.get(place) ?? 0;
  const at = (place: string): Tally => ({
    records: counts.get(`${place}:records`) ?? 0,
    calls: counts.get(`${place}:calls`) ?? 0,
  });
  // Where nothing is, no calls are: what a process left behind that died is not shown.
  const of = (records: number, place: Place): Tally =>
    records === 0 ? noTally : { records, calls: records + extra(place) };

  const sent = at('sent');
  const pending = of(pendingRecords, 'pending');
  const dead = of(deadRecords, 'dead');
  const dropped: Partial<Record<DropReason, Tally>> = {};
  for (const name of counts.keys()) {
    const reason = /^(.+):records$/.exec(name)?.[1];
    if (reason !== undefined && reason !== 'sent') dropped[reason as DropReason] = at(reason);
  }
  return {
    given: [sent, pending, dead, ...Object.values(dropped)].reduce(add, noTally),
    sent,
    pending,
    dead,
    dropped,
    oldestAt: oldest === '' ? undefined : Number(oldest),
  };
};

export const createTally = (client: Redis, keys: QueueKeys): QueueTally => {
  const { tally, extra, waiting, paused, active, delayed, failed, job } = keys;
  return {
    enter: async (records) => {
      const args = records
        .filter(({ calls }) => calls !== 1)
        .flatMap(({ id, calls }) => [id, calls - 1]);
      // Lua takes only so many values at once.
      for (let i = 0; i < args.length; i += 2_000) {
        await client.eval(enterScript, 2, tally, extra, ...args.slice(i, i + 2_000));
      }
    },
    leave: async (from, { id, calls }, to) => {
      await client.eval(leaveScript, 2, tally, extra, id, from, to, calls);
    },
    move: async (from, to, { id, calls }) => {
      if (calls !== 1) await client.eval(moveScript, 2, tally, extra, id, from, to);
    },
    totals: async () =>
      read(
        await client.eval(totalsScript, 7, waiting, paused, active, delayed, failed, job, tally),
      ),
  };
};
