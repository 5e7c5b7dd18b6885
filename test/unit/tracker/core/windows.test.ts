import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { portOf } from '../../../../src/reo/port.ts';
import { createReoClient } from '../../../../src/reo/index.ts';
import { fakeClock } from '../../../../src/testing/fake-clock.ts';
import type { Clock } from '../../../../src/tracker/clock.ts';
import type { UsageRecord } from '../../../../src/tracker/record.ts';
import { createWindows } from '../../../../src/tracker/windows/windows.ts';

const { toCount } = portOf(createReoClient({ apiKey: 'test_key' }));

interface Payload {
  readonly count: number;
  readonly event_at: number;
  readonly event_id: string;
  readonly [field: string]: unknown;
}

const open = ({ everyMs = 60_000, maxKeys = 1_000 } = {}) => {
  const clock = fakeClock({ now: Date.UTC(2024, 0, 1, 12, 0, 20) });
  const records: UsageRecord[] = [];
  /** How many records there were at each start of a timer. */
  const turns: number[] = [];
  const after: Clock['after'] = (...timer) => {
    turns.push(records.length);
    return clock.after(...timer);
  };
  const windows = createWindows({
    toCount,
    clock: { ...clock, after },
    everyMs,
    maxKeys,
    onBegun: () => {},
    onDirty: (window) => {
      window.isDirty = true;
    },
    onSealed: (record) => records.push(record),
    onSavedSealed: () => {},
  });
  const payloads = (): Payload[] => records.map(({ payload }) => JSON.parse(payload) as Payload);
  return { clock, windows, records, payloads, turns };
};

const ann = {
  mode: 'USER',
  user_id: 'ann@example.com',
  user_id_type: 'EMAIL',
  activity_type: 'LOGIN',
  product_id: 'web',
} as const;

/** How many records the counts make, sealed together. */
const recordsOf = async (...counts: readonly object[]): Promise<Payload[]> => {
  const { clock, windows, payloads } = open();
  for (const count of counts) windows.count(count);
  await clock.advance(60_000);
  return payloads();
};

describe('what folds', () => {
  const meta = { plan: 'team', seats: 12, nested: { a: [1, { x: 1, y: 2 }], b: null } };
  const same: readonly (readonly [string, object, object])[] = [
    ['the same', ann, { ...ann }],
    ['another order of fields', ann, Object.fromEntries(Object.entries(ann).toReversed())],
    ['a field that is undefined', ann, { ...ann, domain: undefined, event_id: undefined }],
    ['a count of 1', ann, { ...ann, count: 1 }],
    [
      'another order of keys in meta',
      { ...ann, meta },
      { ...ann, meta: { nested: { b: null, a: [1, { y: 2, x: 1 }] }, seats: 12, plan: 'team' } },
    ],
    [
      'what JSON leaves out of meta',
      { ...ann, meta: { a: 1 } },
      { ...ann, meta: { a: 1, b: undefined } },
    ],
    ['an order of flat keys', { ...ann, meta: { a: 1, b: 2 } }, { ...ann, meta: { b: 2, a: 1 } }],
  ];
  it.each(same)('%s', async (_, one, other) => {
    const records = await recordsOf(one, other);
    expect(records).toHaveLength(1);
    expect(records[0]?.count).toBe(2);
  });

  const different: readonly (readonly [string, object, object])[] = [
    ...(
      [
        ['user_id', 'bob@example.com'],
        ['user_id_type', 'SOCIAL'],
        ['activity_type', 'LOGOUT'],
        ['product_id', 'app'],
        ['environment', 'STAGING'],
        ['source', 'TELEMETRY'],
        ['ip_addr', '::1'],
        ['user_agent', 'curl'],
        ['domain', 'example.com'],
        ['meta', {}],
      ] as const
    ).map(([field, value]) => [`another ${field}`, ann, { ...ann, [field]: value }] as const),
    [
      'another mode',
      { ...ann, domain: 'example.com' },
      { mode: 'DOMAIN', domain: 'example.com', activity_type: 'LOGIN', product_id: 'web' },
    ],
    [
      'a|b and c, a and b|c',
      { ...ann, user_id: 'a|b', activity_type: 'c' },
      { ...ann, user_id: 'a', activity_type: 'b|c' },
    ],
    ['an empty text and none', ann, { ...ann, ip_addr: '' }],
    ['a number and its text in meta', { ...ann, meta: { a: 1 } }, { ...ann, meta: { a: '1' } }],
    ['null and its text in meta', { ...ann, meta: { a: null } }, { ...ann, meta: { a: 'null' } }],
    ['a boolean and its text', { ...ann, meta: { a: true } }, { ...ann, meta: { a: 'true' } }],
    ['null and no key in meta', { ...ann, meta: { a: null } }, { ...ann, meta: {} }],
    [
      'texts in meta that look like more',
      { ...ann, meta: { a: 'x', b: 'y' } },
      { ...ann, meta: { a: 'xbsy' } },
    ],
    ['a meta with less in it', { ...ann, meta: { a: 'x', b: 'y' } }, { ...ann, meta: { a: 'x' } }],
    ['a meta with more in it', { ...ann, meta: { a: 'x' } }, { ...ann, meta: { a: 'x', b: 'y' } }],
    [
      'texts in meta that hold separators',
      { ...ann, meta: { a: 'x', b: 'y' } },
      { ...ann, meta: { a: 'x1:bs1:y' } },
    ],
    ['another order of a list', { ...ann, meta: { a: [1, 2] } }, { ...ann, meta: { a: [2, 1] } }],
  ];
  it.each(different)('but not %s', async (_, one, other) => {
    const records = await recordsOf(one, other, one);
    expect(records.map(({ count }) => count).toSorted((a, b) => a - b)).toEqual([1, 2]);
  });

  it('as a naive map of joined JSON keys would, whatever comes in whatever order', async () => {
    const few = fc.constantFrom('a', 'b', 'a|b', '"', '');
    const some = fc.option(few, { nil: undefined });
    const count = fc.record({
      mode: fc.constantFrom('USER', 'DOMAIN'),
      user_id: fc.constantFrom('a', 'b', 'a|b'),
      user_id_type: fc.constantFrom('EMAIL', 'SOCIAL'),
      domain: fc.constantFrom('a', 'b|c'),
      activity_type: fc.constantFrom('c', 'b|c'),
      product_id: fc.constant('p'),
      environment: some,
      ip_addr: some,
      meta: fc.option(fc.dictionary(few, fc.oneof(few, fc.constantFrom(1, 2, true, null))), {
        nil: undefined,
      }),
      count: fc.nat({ max: 9 }),
    });
    const keyOf = ({
      meta,
      count: _,
      event_at: _at,
      event_id: _id,
      source: _s,
      ...rest
    }: Payload) =>
      JSON.stringify([
        Object.entries({ ...rest, user_id: rest['mode'] === 'DOMAIN' ? '' : rest['user_id'] })
          .filter(([field, value]) => value !== undefined && field !== 'user_id_type')
          .toSorted(([a], [b]) => (a < b ? -1 : 1)),
        rest['mode'] === 'DOMAIN' ? '' : rest['user_id_type'],
        meta === undefined
          ? []
          : [Object.entries(meta as object).toSorted(([a], [b]) => (a < b ? -1 : 1))],
      ]);
    await fc.assert(
      fc.asyncProperty(fc.array(count, { maxLength: 40 }), async (counts) => {
        const model = new Map<string, number>();
        const ours = new Map<string, number>();
        for (const one of counts) {
          const key = keyOf(one as unknown as Payload);
          model.set(key, (model.get(key) ?? 0) + one.count);
        }
        for (const payload of await recordsOf(...counts)) {
          // A company's counts do not fold by fields that are not sent: their sum is the same.
          const key = keyOf(payload);
          ours.set(key, (ours.get(key) ?? 0) + payload.count);
        }
        expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(model));
        const users = counts.filter(({ mode }) => mode === 'USER');
        const keys = new Set(users.map((one) => keyOf(one as unknown as Payload)));
        expect(await recordsOf(...users)).toHaveLength(keys.size);
      }),
      { numRuns: 300 },
    );
  });
});

describe('what is refused', () => {
  it.each([
    ['a count below 0', { ...ann, count: -1 }],
    ['half a count', { ...ann, count: 0.5 }],
    ['a text', { ...ann, count: '1' }],
    ['no number', { ...ann, count: NaN }],
    ['more than is exact', { ...ann, count: 2 ** 53 }],
    ['an event_id', { ...ann, event_id: 'mine' }],
    ['an event_at', { ...ann, event_at: new Date() }],
    ['an unknown field', { ...ann, evnironment: 'x' }],
    ['no mode', { ...ann, mode: undefined }],
    ['a user without an id', { ...ann, user_id: undefined }],
    ['a BigInt in meta', { ...ann, meta: { a: 1n } }],
    ['half a character in meta', { ...ann, meta: { a: '\ud800' } }],
    ['a meta that is a list', { ...ann, meta: [] }],
    ['a Date for a user', { ...ann, user_id: new Date() }],
  ])('%s: in a new window as in an open one', async (_, bad) => {
    for (const before of [[], [ann]]) {
      const { clock, windows, payloads } = open();
      for (const one of before) windows.count(one);
      expect(() => windows.count(bad)).toThrow(
        expect.objectContaining({ code: 'config' }) as Error,
      );
      await clock.advance(60_000);
      expect(payloads().map(({ count }) => count)).toEqual(before.map(() => 1));
      expect(windows.unsaved).toEqual({ records: 0, calls: 0 });
    }
  });

  it.each([
    ['flat', (n: number) => n],
    ['nested', (n: number) => ({ n })],
  ])('takes a meta that reads differently each time for what it was once (%s)', async (_, as) => {
    let reads = 0;
    const changing = {
      get n() {
        reads += 1;
        return as(reads);
      },
    };
    const metas = [changing, ...[0, 1, 2, 3, 4, 5].map((n) => ({ n: as(n) }))];
    const sent = await recordsOf(...metas.map((meta) => ({ ...ann, meta })));
    // It was one of them when it was read, whichever.
    expect(new Set(sent.map(({ meta }) => JSON.stringify(meta)))).toEqual(
      new Set(metas.slice(1).map((meta) => JSON.stringify(meta))),
    );
    expect(sent.map(({ count }) => count).toSorted((a, b) => a - b)).toEqual([1, 1, 1, 1, 1, 2]);
  });

  it('a window does not look at what a caller changes afterwards', async () => {
    const { clock, windows, payloads } = open();
    const given = { ...ann, meta: { plan: 'team' } as Record<string, unknown> };
    windows.count(given);
    given.meta['plan'] = 'changed';
    await clock.advance(60_000);
    expect(payloads()[0]).toMatchObject({ meta: { plan: 'team' } });
  });
});

describe('the end of a window', () => {
  it('is a whole multiple of its length, and its record tells that time', async () => {
    const { clock, windows, records, payloads } = open();
    windows.count(ann);
    await clock.advance(39_999);
    expect(records).toHaveLength(0);
    await clock.advance(1);
    expect(records).toHaveLength(1);
    expect(payloads()[0]?.event_at).toBe(Date.UTC(2024, 0, 1, 12, 1) / 1_000);
    expect(payloads()[0]?.event_id).toBe(records[0]?.id);
    expect(clock.waiting()).toBe(0);
  });

  it('comes early when asked for, and its record tells that time', async () => {
    const { clock, windows, payloads } = open();
    windows.count(ann);
    await clock.advance(7_000);
    windows.sealAll();
    await clock.advance(0);
    expect(payloads()[0]?.event_at).toBe(Date.UTC(2024, 0, 1, 12, 0, 27) / 1_000);
    windows.count(ann);
    await clock.advance(60_000);
    const [one, other] = payloads();
    expect(other?.event_id).not.toBe(one?.event_id);
    expect(other?.event_at).toBe(Date.UTC(2024, 0, 1, 12, 1) / 1_000);
  });

  it.each([
    ['back by a year', -365 * 86_400_000],
    ['on by a year', 365 * 86_400_000],
  ])('is neither missed nor repeated when the clock jumps %s', async (_, jump) => {
    const { clock, windows, payloads } = open();
    windows.count(ann);
    clock.jump(jump);
    await clock.advance(40_000);
    expect(payloads()).toHaveLength(1);
    const end = Date.UTC(2024, 0, 1, 12, 1) / 1_000;
    expect(payloads()[0]?.event_at).toBeLessThanOrEqual(end);
    for (let minute = 0; minute < 3; minute += 1) {
      windows.count(ann);
      await clock.advance(60_000);
    }
    expect(payloads()).toHaveLength(4);
  });

  it('is noticed by the next count when the timer is late, say in a frozen process', async () => {
    const { clock, windows, payloads } = open();
    windows.count(ann);
    clock.jump(3_600_000);
    windows.count(ann);
    await clock.advance(60_000);
    const hour = Date.UTC(2024, 0, 1, 13, 1) / 1_000;
    expect(payloads().map(({ event_at }) => event_at)).toEqual([hour - 3_600, hour]);
  });

  it('comes early, for the oldest, when there are too many', async () => {
    const { clock, windows, payloads } = open({ maxKeys: 2 });
    for (const user_id of ['a', 'b', 'a', 'c', 'a']) windows.count({ ...ann, user_id });
    expect(payloads().map(({ user_id, count }) => [user_id, count])).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
    await clock.advance(60_000);
    const sums = payloads().map(({ count }) => count);
    expect(sums.reduce((a, b) => a + b)).toBe(5);
    expect(sums).toHaveLength(4);
  });

  it('comes early when a sum would not be exact any more', async () => {
    const { clock, windows, payloads } = open();
    const most = Number.MAX_SAFE_INTEGER;
    for (const count of [most, 1, 0, most]) windows.count({ ...ann, count });
    await clock.advance(60_000);
    expect(payloads().map(({ count }) => count)).toEqual([most, 1, most]);
  });

  it('of many windows is worked off a part at a time', async () => {
    const { clock, windows, records, turns } = open({ maxKeys: 5_000 });
    for (let n = 0; n < 2_000; n += 1) windows.count({ ...ann, user_id: `u${n}` });
    turns.length = 0;
    windows.sealAll();
    expect(windows.unsaved).toEqual({ records: 2_000, calls: 2_000 });
    expect(records).toHaveLength(0);
    await clock.advance(0);
    // Between two parts everybody else gets a turn.
    expect(turns.map((made, turn) => made - (turns[turn - 1] ?? 0))).toEqual([0, 500, 500, 500]);
    expect(records).toHaveLength(2_000);
    expect(windows.unsaved).toEqual({ records: 0, calls: 0 });
  });
});

describe('a key of many splits', () => {
  it('is found again after others came and went', async () => {
    const fields = ['user_id', 'environment', 'ip_addr', 'user_agent', 'product_id'] as const;
    const key = fc.record(
      Object.fromEntries(fields.map((field) => [field, fc.constantFrom('x', 'y', 'z')])),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(key, { maxLength: 60 }),
        fc.constantFrom(1, 3, 9),
        async (keys, maxKeys) => {
          const { clock, windows, payloads } = open({ maxKeys });
          const model = new Map<string, number>();
          const done: string[] = [];
          for (const one of keys) {
            windows.count({ ...ann, ...one });
            const name = JSON.stringify(fields.map((field) => one[field]));
            if (!model.has(name) && model.size >= maxKeys) {
              const [oldest] = model as unknown as Iterable<[string, number]>;
              done.push(`${oldest?.[0]} ${oldest?.[1]}`);
              model.delete(oldest?.[0] as string);
            }
            model.set(name, (model.get(name) ?? 0) + 1);
          }
          await clock.advance(60_000);
          for (const [name, count] of model) done.push(`${name} ${count}`);
          expect(
            payloads().map(
              (one) => `${JSON.stringify(fields.map((field) => one[field]))} ${one.count}`,
            ),
          ).toEqual(done);
        },
      ),
      { numRuns: 300 },
    );
  });
});
