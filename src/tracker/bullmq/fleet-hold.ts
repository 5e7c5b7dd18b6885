import type { Redis } from 'ioredis';
import type { QueueKeys } from './keys.ts';

/** What a worker may take now. */
export type Turn =
  | { readonly may: 'take' }
  /** One record, and nobody else any until it is settled. */
  | { readonly may: 'probe' }
  | { readonly may: 'wait'; readonly ms: number };

/**
 * Keeps a fleet from taking while the API refuses everything, but for one probe at a time, whoever
 * makes it. It ends with the first record that gets through, and by itself when nobody prolongs it.
 *
 * BullMQ's own way to pause does not fit: its rate limit starts all workers again at once, and only
 * where there is a limit; a paused queue stays paused when the worker dies that would resume it.
 */
export interface FleetHold {
  readonly turn: () => Promise<Turn>;
  /**
   * Nobody takes or probes for so long. What the API did not ask for is shortened to what the fleet has
   * to show for it: a second, doubled with every probe in vain, whoever made it. So one worker without
   * a network, or with a wrong key, does not stop the others that it shares a queue with.
   */
  readonly pause: (ms: number, isAsked?: boolean) => Promise<void>;
  /** Gives the right to probe back unused. */
  readonly giveBack: () => Promise<void>;
  readonly end: () => Promise<void>;
}

/** How long a probe may take. After it somebody else may try. */
const probeMs = 30_000;
const firstPauseMs = 1_000;
/** How much earlier than who failed last the others may probe: they may be better off. */
const firstToOthersMs = 200;

// The first key outlives the second by two probes, and holds how many were in vain and who failed last.
const turnScript = `
local failed = redis.call('GET', KEYS[1])
if not failed then return -1 end
local left = redis.call('PTTL', KEYS[2])
if left > 0 then return left end
if string.match(failed, ' (.*)') == ARGV[1] then
  left = redis.call('PTTL', KEYS[1]) - 2 * ARGV[2] + ARGV[3]
  if left > 0 then return left end
end
redis.call('SET', KEYS[2], 'probe', 'PX', ARGV[2])
redis.call('PEXPIRE', KEYS[1], 2 * ARGV[2])
return 0`;

const pauseScript = `
local ms = tonumber(ARGV[2])
local tries = tonumber(string.match(redis.call('GET', KEYS[1]) or '0', '%d+'))
local paused = redis.call('GET', KEYS[2]) == 'pause'
if ARGV[3] == '1' then
  if paused and redis.call('PTTL', KEYS[2]) >= ms then return end
else
  if paused then return end
  ms = math.min(ms, ARGV[4] * 2 ^ math.min(tries, 20))
  tries = tries + 1
end
redis.call('SET', KEYS[2], 'pause', 'PX', string.format('%.0f', ms))
redis.call('SET', KEYS[1], tries .. ' ' .. ARGV[1], 'PX', string.format('%.0f', ms + 2 * ARGV[5]))`;

const giveBackScript = `
if redis.call('GET', KEYS[1]) == 'probe' then redis.call('DEL', KEYS[1]) end`;

export const createHold = (client: Redis, { hold, probe }: QueueKeys): FleetHold => {
  const me = crypto.randomUUID();
  return {
    turn: async () => {
      const ms = Number(
        await client.eval(turnScript, 2, hold, probe, me, probeMs, firstToOthersMs),
      );
      if (ms < 0) return { may: 'take' };
      return ms === 0 ? { may: 'probe' } : { may: 'wait', ms };
    },
    pause: async (ms, isAsked = false) => {
      const wanted = Math.max(1, Math.ceil(ms));
      const asked = isAsked ? '1' : '0';
      await client.eval(pauseScript, 2, hold, probe, me, wanted, asked, firstPauseMs, probeMs);
    },
    giveBack: async () => {
      await client.eval(giveBackScript, 1, probe);
    },
    end: async () => {
      await client.del(hold, probe);
    },
  };
};
