import { describe, expect, test } from 'vitest';
import { outboxContract } from '../../../src/testing/outbox-contract.ts';
import { type Bug, simpleOutbox } from './simple-outbox.ts';

const patience = 40;

const failuresOf = async (bug: Bug): Promise<string[]> => {
  const failed: string[] = [];
  for (const { name, run } of outboxContract(() => simpleOutbox(bug), { patience })) {
    await run().catch(() => failed.push(name));
  }
  return failed;
};

describe('an outbox that keeps to all of it', () => {
  for (const { name, run } of outboxContract(() => simpleOutbox())) test(name, run);
});

describe('an outbox that can less', () => {
  const lacking = () => {
    const { outbox, now, advance } = simpleOutbox();
    const { saveWindows: _, ...rest } = outbox;
    return { outbox: rest, now, advance };
  };
  for (const { name, run } of outboxContract(lacking, { lacks: ['reopen', 'crash', 'windows'] })) {
    test(name, run);
  }
});

/** Each bug, and the case that is there to find it. */
const finds: Readonly<Record<Bug, string>> = {
  'newest first': 'oldest first, once',
  'forgets that it gave a record away': 'oldest first, once',
  'ignores the limit': 'no more than its limit',
  'keeps an id twice': 'an id that is pending is not kept twice',
  'keeps a dead id twice': 'an id that is dead is not kept twice',
  'keeps the first of a put only': 'many records put at once',
  'refuses a put with an id that it has': 'beside one that is kept already',
  'cuts payloads at 65,535': 'come back unchanged',
  'loses calls': 'come back unchanged',
  'gives back before the time': 'retry: not before its time',
  'counts every retry': 'retry that does not count',
  'counts no retry': 'retry: not before its time',
  'forgets when it tried': 'retry: not before its time',
  'puts a failed record first': 'stands behind those that wait',
  'says too early that it keeps': 'at most once that records are kept',
  'does not count open windows': 'a saved window is not taken',
  'waiting records hold up the others': 'hold nobody up',
  'sent comes back when said twice': 'settled once is settled',
  'counts a drop as sent': 'counted by its reason',
  'counts what is settled twice': 'settled once is settled',
  'is silent about new records': 'onReady: a new record',
  'is silent about due records': 'onReady: one whose time has come',
  'is silent about replayed records': 'onReady: a dead one',
  'replays under new ids': 'replay by id: under its old id',
  'replays what is as old as before': 'replay by id: under its old id',
  'replays what lives': 'only the dead are replayed',
  'takes no ids for all': 'no ids are not all',
  'drops the dead uncounted': 'drop by id, then all',
  'lists the newest dead first': 'listed oldest first',
  'forgets reasons': 'each with its reason',
  'takes puts when closed': 'says so to who puts',
  'forgets the oldest': 'the age of the oldest',
  'loses what was taken at close': 'after close and reopen',
  'loses what was taken in a crash': 'after a crash: what was not settled is there',
  'loses the dead at close': 'after close and reopen',
  'forgets ids in a crash': 'after a crash: a record is still not kept twice',
  'gives open windows away': 'a saved window is not taken',
  'adds saved windows up': 'as it was saved last',
  'keeps a window beside its record': 'a window whose record was sent',
  'loses windows in a crash': 'a saved window becomes a record',
};

describe('an outbox that is broken in one way', () => {
  test.each(Object.entries(finds) as [Bug, string][])('%s: %s', async (bug, found) => {
    const failed = await failuresOf(bug);
    expect(failed).toContainEqual(expect.stringContaining(found));
  });
});

test('what is said to be lacking must be lacking, and nothing else', async () => {
  const [lacksMore] = outboxContract(() => simpleOutbox(), { lacks: ['windows'] });
  await expect(lacksMore?.run()).rejects.toThrow(/windows/);
  const { crash: _, ...noCrash } = simpleOutbox();
  const [lacksLess] = outboxContract(() => noCrash);
  await expect(lacksLess?.run()).rejects.toThrow(/crash/);
});
