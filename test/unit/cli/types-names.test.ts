import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namesOf } from '../../../src/cli/types/names.ts';
import { readPayload } from '../../../src/reportei/queries/payload.ts';
import type { WireQuery } from '../../../src/reportei/index.ts';
import { payloads } from './types-support.ts';

const query = (reference_key: string, more: object = {}): WireQuery => ({
  reference_key,
  component: 'number_v1',
  metrics: ['a'],
  ...more,
});
const named = (...keys: string[]): readonly string[] => namesOf(keys.map((key) => query(key)));

describe('names of queries', () => {
  it.each([
    ['ig:story_replies', 'storyReplies'],
    ['summary', 'summary'],
    ['google_analytics_4:all_sessions', 'allSessions'],
    ['li_ads:externalWebsiteConversions', 'externalWebsiteConversions'],
    ['pinterest_ads:CTR_2', 'ctr2'],
    ['a:Total ROAS', 'totalRoas'],
    ['a:b:c.d-e f', 'bCDEF'],
    ['seguidores:por_gênero', 'porGenero'],
    ['ig:フォロワー', 'フォロワー'],
    ['ig:class', 'class'],
    ['ig:__proto__', 'proto'],
    // Dot access works, and the order stays.
    ['ig:1d', '_1d'],
    ['ig:2024', '_2024'],
    ['ig:🚀', 'ig'],
    ['🚀', 'query'],
    [
      `ig:${'very_'.repeat(30)}long`,
      'veryVeryVeryVeryVeryVeryVeryVeryVeryVeryVeryVeryVeryVeryVery',
    ],
    ['x'.repeat(500), 'x'.repeat(30)],
  ])('%s is %s', (key, name) => {
    expect(named(key)).toEqual([name]);
  });

  it('say what sets a query apart from the first of its name', () => {
    const first = query('ig:reach');
    expect(
      namesOf([
        first,
        query('fb:reach'),
        query('ig:reach', { component: 'chart_v1' }),
        query('ig:reach', { metrics: ['b_c', 'd'] }),
        query('ig:reach', { dimensions: [{ field: 'age' }] }),
        query('ig:reach', { entity_id: 12_345 }),
        query('ig:reach', { filters: [1] }),
        query('ig:reach', { filters: [2] }),
        first,
        first,
        query('ig:Reach'),
      ]),
    ).toEqual([
      'reach',
      'reach_fb',
      'reach_chart',
      'reach_bCD',
      'reach_age',
      'reach_12345',
      expect.stringMatching(/^reach_[\da-f]{8}$/),
      expect.stringMatching(/^reach_[\da-f]{8}$/),
      'reach_2',
      'reach_3',
      expect.stringMatching(/^reach_[\da-f]{8}$/),
    ]);
  });

  it('do not depend on the order of a query’s fields', () => {
    const [, a] = namesOf([query('a'), query('a', { filter: { x: 1, y: 2 }, table: 't' })]);
    const [, b] = namesOf([query('a'), query('a', { table: 't', filter: { y: 2, x: 1 } })]);
    expect(a).toBe(b);
  });

  /** Few words, so that many are alike. */
  const word = fc.constantFrom('reach', 'Reach', 'reach_chart', 'likes', '1', 'ig', '🚀');
  const alike = fc
    .record({
      prefix: fc.constantFrom('', 'ig:', 'fb:'),
      word,
      component: fc.constantFrom('number_v1', 'chart_v1'),
      metrics: fc.array(word, { maxLength: 2 }),
      filter: fc.constantFrom(undefined, 1, 2),
    })
    .map(({ prefix, word, component, metrics, filter }) =>
      query(prefix + word, { component, metrics, ...(filter === undefined ? {} : { filter }) }),
    );
  const sets = fc.oneof(
    fc.array(alike, { minLength: 1, maxLength: 12 }),
    payloads('any').map((payload) => readPayload(payload).map(({ wire }) => wire)),
  );

  it('are all different', () => {
    fc.assert(
      fc.property(sets, (queries) => {
        const names = namesOf(queries);
        expect(new Set(names).size).toBe(queries.length);
        expect(names.every((name) => name !== '' && name !== '__proto__')).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('stay when a query is added behind them', () => {
    fc.assert(
      fc.property(sets, alike, (queries, one) => {
        expect(namesOf([...queries, one]).slice(0, -1)).toEqual(namesOf(queries));
      }),
      { numRuns: 500 },
    );
  });

  it('stay wherever a query is added that would have another name', () => {
    const stem = (name: string): string => name.replace(/(?<=.)_.*/, '');
    fc.assert(
      fc.property(sets, alike, fc.nat(12), (queries, one, at) => {
        const place = Math.min(at, queries.length);
        const before = namesOf(queries);
        const after = namesOf([...queries.slice(0, place), one, ...queries.slice(place)]);
        const added = stem(after[place] ?? '');
        const others = after.filter((_, i) => i !== place);
        expect(others.filter((name) => stem(name) !== added)).toEqual(
          before.filter((name) => stem(name) !== added),
        );
      }),
      { numRuns: 500 },
    );
  });
});
