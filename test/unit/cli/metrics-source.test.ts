import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadQueries } from '../../../src/cli/load-queries.ts';
import type { MetricsFlags } from '../../../src/cli/metrics.ts';
import { daysOf } from '../../../src/cli/metrics-days.ts';
import { formatOf, parseCompare, parseIntegrations } from '../../../src/cli/metrics-values.ts';
import { Mistake } from '../../../src/cli/mistake.ts';
import { INTEGRATION } from '../../support/report.ts';

const QUERY = { reference_key: 'ig:reach', component: 'number_v1', metrics: ['reach'] };
const ID = 'f35a44ce-dac5-4188-aace-5c44a8952176';

let folder = '';
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallywire-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('queries from a payload', () => {
  it('are named by their reference keys, and keep ids that are good for asking', async () => {
    const metrics = [{ ...QUERY, id: ID }, QUERY, { ...QUERY, id: 'no-uuid' }];
    const payload = {
      metrics,
      customer_integration: INTEGRATION,
      start: '2024-08-01',
      end: '2024-08-31',
    };
    const source = await loadQueries(file('week.json', `\ufeff${JSON.stringify(payload)}`));
    expect(source.name).toBe('week');
    expect(source.queries).toEqual({
      'ig:reach': { id: ID, wire: QUERY },
      'ig:reach_2': { wire: QUERY },
      'ig:reach_3': { wire: QUERY },
    });
    expect(source.options).toEqual({
      integration: INTEGRATION,
      start: '2024-08-01',
      end: '2024-08-31',
    });
  });

  it('get new ids where two have the same', async () => {
    const metrics = [ID, ID.toUpperCase()].map((id) => ({ ...QUERY, id }));
    const { queries } = await loadQueries(file('twice.json', JSON.stringify({ metrics })));
    expect(Object.values(queries).map(({ id }) => id)).toEqual([undefined, undefined]);
  });

  it('are told of where no document names their component', async () => {
    const components = ['numbr_v1', 'iconslist_v1', 'map_v1', 'pipeline_v1', 'map_v1'];
    const metrics = components.map((component) => ({ ...QUERY, component }));
    const { notes } = await loadQueries(file('unknown.json', JSON.stringify({ metrics })));
    expect(notes).toEqual([
      'unknown component "numbr_v1", kept as custom (did you mean number_v1?)',
      'unknown component "iconslist_v1", kept as custom (did you mean iconsList_v1?)',
      'unknown component "map_v1", kept as custom',
    ]);
  });

  it.each([
    ['{', /^cannot read .*broken\.json: it is not JSON/],
    ['{}', /^a payload is a list of queries/],
    ['{"metrics":[]}', /^the payload's list of queries is empty$/],
    ['[{"reference_key":"a"}]', /^query 1 of the payload has no component/],
  ])('%j is none', async (text, message) => {
    await expect(loadQueries(file('broken.json', text))).rejects.toThrow(message);
  });

  it('say that there is no such file', async () => {
    await expect(loadQueries(join(folder, 'nowhere.json'))).rejects.toThrow(
      /^there is no file .*nowhere\.json$/,
    );
    await expect(loadQueries(folder)).rejects.toThrow(/^cannot read /);
    await expect(loadQueries(file('a.json', '[]'), 'set')).rejects.toThrow(
      '--export is for modules',
    );
  });
});

const set = (name: string): string =>
  `{ name: '${name}', queries: { reach: { wire: ${JSON.stringify(QUERY)} } } }`;

describe('queries from a module', () => {
  it.each(['set.mjs', 'set.ts', 'set.mts'])('are those of its set: %s', async (name) => {
    const source = await loadQueries(file(name, `export const dashboard = ${set('mine')};`));
    expect(source).toEqual({
      name: 'mine',
      queries: { reach: { wire: QUERY } },
      options: {},
      notes: [],
    });
  });

  it('are read from CommonJS, and from plain queries without a name', async () => {
    expect(await loadQueries(file('set.cjs', `exports.mine = ${set('mine')};`))).toMatchObject({
      name: 'mine',
    });
    const plain = `export const mine = { reach: { wire: ${JSON.stringify(QUERY)} } }; export const other = {};`;
    expect(await loadQueries(file('plain.mjs', plain))).toMatchObject({ name: 'mine' });
  });

  it('are one set, also where that is the default', async () => {
    const text = `export const mine = ${set('mine')}; export default mine;`;
    expect(await loadQueries(file('default.mjs', text))).toMatchObject({ name: 'mine' });
    expect(await loadQueries(file('alone.mjs', `export default ${set('alone')}`))).toMatchObject({
      name: 'alone',
    });
  });

  it('are chosen by --export where there are several sets', async () => {
    const path = file(
      'several.mjs',
      `export const a = ${set('one')}; export const b = ${set('two')};`,
    );
    await expect(loadQueries(path)).rejects.toThrow(
      /several sets: take one with --export \(a, b\)/,
    );
    expect(await loadQueries(path, 'b')).toMatchObject({ name: 'two' });
    await expect(loadQueries(path, 'c')).rejects.toThrow(/exports no set c, only a, b/);
  });

  it.each([
    ['none.mjs', 'export const x = 1;', /exports no metricSet/],
    ['boom.mjs', `throw new Error('boom');`, /^cannot load .*boom\.mjs: boom$/],
    ['far.mjs', `import 'tallywire/reportei';`, /not installed beside it: npm install tallywire/],
  ])('%s says what is wrong', async (name, text, message) => {
    await expect(loadQueries(file(name, text))).rejects.toThrow(message);
  });
});

const flags = (more: Partial<MetricsFlags> = {}): MetricsFlags => ({
  rows: 24,
  chunk: 25,
  concurrency: 8,
  quiet: false,
  ...more,
});

describe('the days of a run', () => {
  const own = {
    start: '2024-08-01',
    end: '2024-08-31',
    compare: { start: '2024-07-01', end: '2024-07-31' },
    timeZone: 'America/Sao_Paulo',
  };
  const source = { options: own };
  const bare = { options: {} };

  it('are those of the payload, where no option says otherwise', () => {
    const { compare, timeZone, ...days } = own;
    expect(daysOf(flags(), source)).toEqual({
      period: { ...days, compare },
      timeZone,
      isOwnZone: false,
    });
    expect(daysOf(flags({ start: '2024-02-01', end: '2024-02-29' }), source).period).toEqual({
      start: '2024-02-01',
      end: '2024-02-29',
    });
    expect(daysOf(flags({ compare: 'previous-year' }), source).period.compare).toEqual({
      start: '2023-08-01',
      end: '2023-08-31',
    });
  });

  it('are told in the zone of this machine only for a name, and only without another', () => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    expect(daysOf(flags({ period: 'today' }), bare)).toMatchObject({
      timeZone: zone,
      isOwnZone: true,
    });
    expect(daysOf(flags({ period: 'today' }), source)).toMatchObject({
      timeZone: own.timeZone,
      isOwnZone: false,
    });
    expect(
      daysOf(flags({ start: '2024-02-01', end: '2024-02-29' }), bare).timeZone,
    ).toBeUndefined();
    // There are always two different days on earth.
    const [west, east] = ['Etc/GMT+12', 'Etc/GMT-14'].map(
      (timeZone) => daysOf(flags({ period: 'today', timeZone }), source).period.start,
    );
    expect(west).not.toBe(east);
  });

  it.each([
    [{}, 'which days?'],
    [{ start: '2024-02-01' }, 'which days?'],
    [{ end: '2024-02-01' }, 'which days?'],
    [{ start: '2024-02-01', end: '2024-02-02', period: 'today' }, 'which days?'],
    [
      { start: '2024-02-03', end: '2024-02-02' },
      '--start ("2024-02-03") is after --end ("2024-02-02")',
    ],
    [
      { start: '2024-02-30', end: '2024-03-02' },
      '--start is "2024-02-30", which is no day: write it as 2024-08-31',
    ],
    [
      { start: '2024-02-03', end: 'x\u001b[2J\u202e'.repeat(99) },
      /^--end is "x[^\p{C}]{30,40}…, which/u,
    ],
    [
      { period: 'today', compare: { start: '2024-02-03', end: 'now' }, timeZone: 'UTC' },
      'the last day of --compare is "now"',
    ],
    [{ period: 'last-monty' }, '--period is "last-monty", which is none: write today'],
    [{ period: 'today', timeZone: 'Mars' }, '--time-zone is "Mars", which is no time zone'],
  ])('%j cannot be', (given, message) => {
    expect(() => daysOf(flags(given), bare)).toThrow(message);
    expect(() => daysOf(flags(given), bare)).toThrow(Mistake);
  });

  it.each([
    [{ start: 7 }, `the payload's start is 7, which is no day`],
    [{ end: undefined }, `the payload's end is nothing`],
    [{ compare: { start: '', end: '' } }, `the payload's comparison_start is ""`],
    [{ timeZone: '+03:00' }, `the payload's client_timezone is "+03:00"`],
  ])('of a payload with %j cannot be', (given, message) => {
    const options = { ...own, ...given } as unknown as typeof own;
    expect(() => daysOf(flags(), { options })).toThrow(message);
  });
});

describe('values of options', () => {
  it('read what is written', () => {
    expect(parseCompare('2024-07-01..2024-07-31')).toEqual({
      start: '2024-07-01',
      end: '2024-07-31',
    });
    expect(parseCompare('previous-year')).toBe('previous-year');
    expect(() => parseCompare('last-year')).toThrow('previous-period, previous-year');
    expect(parseIntegrations(`${INTEGRATION}, ${ID}`, [ID])).toEqual([ID, INTEGRATION, ID]);
    expect(() => parseIntegrations(`${INTEGRATION},`)).toThrow('UUID');
    expect(
      ['a.html', 'a.HTM', 'a.csv', 'a.jsonl', 'a.json', 'a.txt', 'html'].map(formatOf),
    ).toEqual(['html', 'html', 'csv', 'ndjson', 'json', 'table', undefined]);
  });
});
