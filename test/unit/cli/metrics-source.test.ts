import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadQueries } from '../../../src/cli/load-queries.ts';
import type { MetricsFlags } from '../../../src/cli/metrics.ts';
import { daysOf } from '../../../src/cli/metrics-days.ts';
import { formatOf, parseCompare, parseIntegrations } from '../../../src/cli/metrics-values.ts';
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

  it.each([
    ['{', /^cannot read .*broken\.json: it is not JSON/],
    ['{}', /^a payload is a list of queries/],
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
    expect(source).toEqual({ name: 'mine', queries: { reach: { wire: QUERY } }, options: {} });
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
  const source = { name: 's', queries: {}, options: own };
  const bare = { ...source, options: {} };

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
    [{ start: '2024-02-03', end: '2024-02-02' }, 'start is after end'],
    [{ start: '2024-02-30', end: '2024-03-02' }, 'start must be a calendar day'],
    [{ period: 'last-monty' }, 'period must be'],
    [{ period: 'today', timeZone: 'Mars' }, 'timeZone must be'],
  ])('%j cannot be', (given, message) => {
    expect(() => daysOf(flags(given), bare)).toThrow(message);
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
