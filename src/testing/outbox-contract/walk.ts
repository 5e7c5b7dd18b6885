import assert from 'node:assert/strict';
import type { Settlement, Taken } from '../../tracker/outbox.ts';
import type { UsageRecord } from '../../tracker/record.ts';
import type { Case } from './case.ts';
import { type Bench, sum } from './harness.ts';
import { aCount } from './records.ts';

/** The same numbers in every run, so that a failure can be looked at. */
const numbers = (seed: number) => {
  let state = seed;
  return (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

const steps = 150;
const mostTaken = 8;

const idsOf = (records: readonly UsageRecord[]) => new Set(records.map(({ id }) => id));

/** Where every record should be, by a model that is too simple to be wrong. */
const walk = async (bench: Bench, seed: number): Promise<void> => {
  const random = numbers(seed);
  const all: UsageRecord[] = [];
  const sent: UsageRecord[] = [];
  const dead: UsageRecord[] = [];
  const dropped: Record<'expired' | 'discarded', UsageRecord[]> = { expired: [], discarded: [] };
  const held: Taken[] = [];

  const decide = (taken: Taken): Settlement => {
    const chance = random(10);
    if (chance < 4) {
      sent.push(taken.record);
      return { to: 'sent' };
    }
    if (chance < 7) return { to: 'retry', at: bench.now(), counts: chance < 6 };
    if (chance < 9) {
      dead.push(taken.record);
      return { to: 'dead', reason: 'refused' };
    }
    dropped.expired.push(taken.record);
    return { to: 'dropped', reason: 'expired' };
  };

  for (let step = 0; step < steps; step += 1) {
    const chance = random(10);
    if (chance < 3) {
      const fresh = Array.from({ length: 1 + random(3) }, () => aCount(bench.now(), random(9)));
      const known = all[random(all.length)];
      // The id of one that is gone would be a new record.
      const gone = idsOf([...sent, ...dropped.expired, ...dropped.discarded]);
      await bench.put(...fresh, ...(known && !gone.has(known.id) ? [known] : []));
      all.push(...fresh);
    } else if (chance < 6 && held.length < mostTaken) {
      const taken = await bench.outbox().take(1 + random(mostTaken - held.length));
      for (const { record } of taken) {
        assert.ok(!held.some((one) => one.record.id === record.id), 'nothing is taken twice');
        assert.ok(![...sent, ...dead].some(({ id }) => id === record.id), 'nor what was settled');
      }
      held.push(...taken);
    } else if (chance < 9) {
      const [taken] = held.splice(random(held.length), 1);
      if (taken) await bench.settle(taken, decide(taken));
    } else if (dead.length > 0) {
      const [letter] = dead.splice(random(dead.length), 1) as [UsageRecord];
      if (random(2) === 0) {
        assert.equal(await bench.outbox().dead.replay([letter.id]), 1);
      } else {
        dropped.discarded.push(letter);
        assert.equal(await bench.outbox().dead.drop([letter.id]), 1);
      }
    }
    const given = sum(all);
    const elsewhere = sum([...sent, ...dead, ...dropped.expired, ...dropped.discarded]);
    const reasons = Object.entries(dropped).filter(([, records]) => records.length > 0);
    await bench.totals({
      sent: sum(sent),
      dead: sum(dead),
      pending: [given[0] - elsewhere[0], given[1] - elsewhere[1]],
      dropped: Object.fromEntries(reasons.map(([reason, records]) => [reason, sum(records)])),
    });
  }

  for (const taken of held) {
    sent.push(taken.record);
    await bench.settle(taken, { to: 'sent' });
  }
  const elsewhere = idsOf([...sent, ...dead, ...dropped.expired, ...dropped.discarded]);
  const rest = all.map(({ id }) => id).filter((id) => !elsewhere.has(id));
  const drained = (await bench.drain(rest.length)).map(({ id }) => id);
  assert.deepEqual(drained.toSorted(), rest.toSorted(), 'what is pending can be taken');
};

/** The sums after every step of a random walk. */
export const walks: readonly Case[] = [1, 2].map((seed) => ({
  name: `the totals agree after each of ${steps} random steps, and nothing is taken twice (seed ${seed})`,
  run: (bench) => walk(bench, seed),
}));
