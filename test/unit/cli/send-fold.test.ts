import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldedItems } from '../../../src/cli/send/fold.ts';
import type { Item, Making } from '../../../src/cli/send/items.ts';
import type { Begun } from '../../../src/cli/send/journal-state.ts';
import { apply, newState, render, replay, startOf } from '../../../src/cli/send/journal-state.ts';
import { createMapper } from '../../../src/cli/send/mapping.ts';
import { ascending } from '../../../src/cli/send/ranges.ts';
import type { Row } from '../../../src/cli/send/rows.ts';
import { BadRow } from '../../../src/cli/send/bad-row.ts';
import { createReoClient } from '../../../src/reo/client.ts';
import { portOf } from '../../../src/reo/port.ts';

const HOUR = 3_600_000;
const STARTED = Date.UTC(2024, 5, 1);
const NONE = { row: 0, record: 0 };

const making = (onBad: Making['onBad'] = () => undefined): Making => ({
  base: 'base',
  startedAt: STARTED,
  toRecord: createMapper({ map: {}, set: { activity_type: 'A', product_id: 'p' }, rest: 'refuse' }),
  port: portOf(createReoClient({ apiKey: 'k', baseUrl: 'https://reo.test' })),
  onBad,
  onTimeless: () => undefined,
});

async function* batched(rows: readonly Row[], size = 7) {
  for (let at = 0; at < rows.length; at += size) yield rows.slice(at, at + size);
}

const rowOf = (fields: object | string, i: number): Row => ({
  number: i + 1,
  line: i + 1,
  raw: '',
  read: () => {
    if (typeof fields === 'string') throw new BadRow(fields);
    return { ...fields };
  },
});

const user = (id: string, at: number, more: object = {}) => ({
  user_id: id,
  user_id_type: 'EMAIL',
  event_at: at,
  ...more,
});

const fold = async (rows: readonly (object | string)[], maxKeys = 100): Promise<Item[]> => {
  const items: Item[] = [];
  const folding = { every: HOUR, maxKeys, start: NONE, isSettled: () => false };
  const batches = foldedItems(batched(rows.map(rowOf)), making(), {
    ...folding,
    onCheckpoint: () => undefined,
  });
  for await (const batch of batches) items.push(...batch);
  return items;
};

const payload = ({ record }: Item) => JSON.parse(record.payload) as Record<string, unknown>;

describe('--aggregate', () => {
  it('folds events and counts of one subject and hour', async () => {
    const items = await fold([
      user('a', 3_600),
      user('b', 3_601),
      user('a', 7_199, { count: 5 }),
      user('a', 7_200),
      user('a', 3_700, { event_id: 'own' }),
    ]);
    const told = items.map((item) => {
      const { user_id, count, event_at } = payload(item);
      return [user_id, count, event_at, item.record.calls, item.line];
    });
    expect(told).toEqual([
      ['a', 7, 7_200, 3, 1],
      ['b', 1, 7_200, 1, 2],
      ['a', 1, 10_800, 1, 4],
    ]);
    expect(items.map(({ number }) => number)).toEqual([1, 2, 3]);
    for (const item of items) expect(payload(item).event_id).toBe(item.record.id);
  });

  it.each<[string, object, object, boolean]>([
    [
      'the order in meta',
      { meta: { a: 1, b: { c: 2, d: 3 } } },
      { meta: { b: { d: 3, c: 2 }, a: 1 } },
      true,
    ],
    ['what a text is', { meta: { a: 1 } }, { meta: { a: '1' } }, false],
    ['a list and an object', { meta: { a: ['b', 1] } }, { meta: { a: { b: 1 } } }, false],
    ['the order in a list', { meta: { a: [1, 2] } }, { meta: { a: [2, 1] } }, false],
    ['no meta and an empty one', {}, { meta: {} }, false],
    ['environments', { environment: 'a|b' }, { environment: 'a' }, false],
    ['people and companies', {}, { mode: 'DOMAIN', domain: 'x.io' }, false],
  ])('tells apart, or not, by %s', async (_, one, two, isSame) => {
    expect(await fold([user('a', 1, one), user('a', 1, two)])).toHaveLength(isSame ? 1 : 2);
  });

  it('never says a time that was not yet when the file was begun', async () => {
    const at = STARTED / 1_000 + 10;
    const [item] = await fold([user('a', at)]);
    expect(item && payload(item).event_at).toBe(STARTED / 1_000);
  });

  it('seals before a sum can no longer be told exactly', async () => {
    const most = Number.MAX_SAFE_INTEGER;
    const items = await fold([user('a', 1, { count: most }), user('a', 1), user('a', 1)]);
    expect(items.map((item) => payload(item).count)).toEqual([most, 2]);
  });

  it('makes the same records after any interruption, each of them once', async () => {
    const someRow = fc.oneof(
      {
        weight: 8,
        arbitrary: fc
          .tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat(3))
          .map(([id, hour]) => user(id, 3_600 * (hour + 1), { count: 1 })),
      },
      { weight: 1, arbitrary: fc.constant('it is bad') },
    );
    const property = fc.asyncProperty(
      fc.array(someRow, { maxLength: 60 }),
      fc.integer({ min: 1, max: 6 }),
      fc.array(fc.nat(25), { maxLength: 8 }),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }),
      async (fields, maxKeys, stops, settles) => {
        const rows = fields.map(rowOf);
        const whole = (await fold(fields, maxKeys)).map(
          ({ record }) => `${record.id} ${record.payload}`,
        );
        const begun: Begun = { file: '', meaning: '', target: '', folds: true };
        let journal = `${render(newState(begun, STARTED))}\n`;
        const sent: string[] = [];
        let bad = 0;

        /** One run, which ends after so many records, not all of which are settled. */
        const run = async (stop: number): Promise<void> => {
          const state = replay(journal);
          if (state === undefined) throw new Error('no journal');
          const note = (entry: string): void => {
            if (!apply(state, entry)) throw new Error(entry);
            journal += `${entry}\n`;
          };
          const { lastBad } = state;
          const onBad: Making['onBad'] = ({ number }) => {
            if (number <= lastBad) return;
            bad += 1;
            note(`bad ${number}`);
          };
          const items = foldedItems(batched(rows), making(onBad), {
            every: HOUR,
            maxKeys,
            start: startOf(state),
            isSettled: ascending(state.settled.list()),
            onCheckpoint: ({ row, record }) => note(`checkpoint ${row} ${record}`),
          });
          let left = stop;
          for await (const batch of items) {
            for (const { number, record } of batch) {
              if ((left -= 1) < 0) return;
              if (stop !== Infinity && settles[number % settles.length] === true) continue;
              sent.push(`${record.id} ${record.payload}`);
              note(`sent ${number}`);
            }
          }
        };
        for (const stop of stops) {
          await run(stop);
          // What a later run makes of the journal must not depend on when it was written anew.
          const state = replay(journal);
          if (state !== undefined && stop % 2 === 0) journal = `${render(state)}\n`;
        }
        await run(Infinity);
        expect(sent.sort()).toEqual(whole.sort());
        expect(bad).toBe(fields.filter((one) => typeof one === 'string').length);
      },
    );
    await fc.assert(property, { numRuns: process.env.LONG ? 20_000 : 400 });
  });
});
