import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer } from '../../../src/mock/data/answers.ts';
import { readCatalog } from '../../../src/mock/data/catalog.ts';
import { kindOfDefinition } from '../../../src/mock/data/definitions.ts';

let root: string;
let made = 0;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'tallywire-catalog-'));
});
afterAll(() => rmSync(root, { recursive: true }));

/** A folder with files, which are written as JSON unless they are texts. */
function folder(files: Readonly<Record<string, unknown>>): string {
  const dir = join(root, String((made += 1)));
  mkdirSync(dir);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return dir;
}

/** Two networks in the vendor's format, written by hand. */
const PHOTOS = {
  metrics: [
    { reference_key: 'ph:fans', component: 'number_v1', metrics: ['crowd'] },
    { reference_key: 'ph:seen', component: 'chart_v1', metrics: ['seen'], dimensions: ['date'] },
  ],
};
const PHOTOS_SETUP = {
  metrics: {
    crowd: { label: 'Crowd', group_by: 'latest_value' },
    seen: { label: 'Seen by', group_by: 'recalculate' },
    share: { label: 'Share', formatting_function: 'percentage' },
    made: { label: 'Made', formatting_function: 'format_to_date_full', isDate: true },
  },
  dimensions: { city: { label: 'City' } },
  default: {},
};
const SHOP = {
  widgets: [
    {
      reference_key: 'shop_box',
      component: 'container_v1',
      metrics: [],
      widgets: [
        { reference_key: 'shop:sold', component: 'number_v1', metrics: ['sold'] },
        { component: 'container_v1', widgets: [{ reference_key: 'deep', metrics: ['x'] }] },
      ],
    },
  ],
};
const SHOP_SETUP = {
  metrics: {
    share: { label: 'Shared baskets' },
    crowd: { label: 'Takings', formatting_function: 'currency' },
  },
};

describe('a catalogue', () => {
  it('of sub-folders knows their keys, those within containers too', () => {
    const dir = folder({
      'photos/metrics.json': PHOTOS,
      'photos/setup.json': PHOTOS_SETUP,
      'shop/metrics.json': `\uFEFF${JSON.stringify(SHOP)}`,
      'shop/setup.json': SHOP_SETUP,
      'notes.txt': 'not read',
      'empty/readme.md': 'not read',
    });
    const catalog = readCatalog(dir);
    for (const key of ['ph:fans', 'ph:seen', 'shop_box', 'shop:sold', 'deep']) {
      expect([key, catalog.knows(key)]).toEqual([key, true]);
    }
    for (const key of ['ph:other', 'ph', '', '__proto__', 'sold']) {
      expect([key, catalog.knows(key)]).toEqual([key, false]);
    }
  });

  it('has the definitions of the network that the key belongs to', () => {
    const dir = folder({
      'photos/metrics.json': PHOTOS,
      'photos/setup.json': PHOTOS_SETUP,
      'shop/metrics.json': SHOP,
      'shop/setup.json': SHOP_SETUP,
    });
    const { kindOf } = readCatalog(dir);
    expect(kindOf('crowd', 'ph:fans')).toBe('stock');
    expect(kindOf('crowd', 'shop:sold')).toBe('money');
    expect(kindOf('crowd', 'deep')).toBe('money');
    // By the prefix, where the key itself is in no catalogue.
    expect(kindOf('share', 'ph:mine')).toBe('fraction');
    // They differ, so the name has to say it; where they do not, there is no need to ask.
    expect(kindOf('crowd', 'elsewhere:x')).toBeUndefined();
    expect(kindOf('crowd')).toBeUndefined();
    expect(kindOf('seen')).toBe('unique');
    expect(kindOf('made', 'ph:fans')).toBe('date');
    expect(kindOf('seen', 'shop:sold')).toBeUndefined();
    expect(kindOf('__proto__', 'ph:fans')).toBeUndefined();
  });

  it('goes by the key before its prefix, which networks may share', () => {
    const other = { metrics: [{ reference_key: 'ph:other', metrics: ['crowd'] }] };
    const { kindOf } = readCatalog(
      folder({
        'photos/metrics.json': PHOTOS,
        'photos/setup.json': PHOTOS_SETUP,
        'other/metrics.json': other,
        'other/setup.json': SHOP_SETUP,
      }),
    );
    expect(kindOf('crowd', 'ph:fans')).toBe('stock');
    expect(kindOf('crowd', 'ph:other')).toBe('money');
    expect(kindOf('crowd', 'ph:neither')).toBeUndefined();
  });

  it('may be one folder, with or without definitions, or one file', () => {
    const dir = folder({ 'metrics.json': PHOTOS, 'setup.json': PHOTOS_SETUP });
    expect(readCatalog(dir).kindOf('crowd', 'ph:fans')).toBe('stock');
    const file = readCatalog(join(dir, 'metrics.json'));
    expect([file.knows('ph:fans'), file.kindOf('crowd', 'ph:fans')]).toEqual([true, undefined]);
    const bare = readCatalog(folder({ 'metrics.json': PHOTOS, 'setup.json': { metrics: [] } }));
    expect([bare.knows('ph:seen'), bare.kindOf('seen')]).toEqual([true, undefined]);
  });

  it('decides how a metric is answered', () => {
    const catalog = readCatalog(folder({ 'metrics.json': PHOTOS, 'setup.json': PHOTOS_SETUP }));
    const query = {
      component: 'number_v1',
      metrics: ['crowd'],
      dimensions: [],
      sort: [],
      basis: ['1', 'ph:fans'],
      referenceKey: 'ph:fans',
    };
    const values = (first: number, known: boolean): unknown =>
      answer(
        query,
        { asked: { first, last: 19_800 }, compared: null },
        known ? catalog : undefined,
      )['values'];
    expect(values(19_700, true)).toBe(values(19_790, true));
    expect(values(19_700, false)).not.toBe(values(19_790, false));
  });
});

describe('a catalogue that cannot be read', () => {
  const wrong: readonly (readonly [string, () => string, RegExp])[] = [
    ['nothing there', () => join(root, 'nowhere'), /nowhere: ENOENT/],
    [
      'nothing in it',
      () => folder({ 'a/b/metrics.json': PHOTOS }),
      /No catalogue in .*metrics\.json/,
    ],
    ['no JSON', () => folder({ 'metrics.json': '{"metrics": [' }), /metrics\.json: .*JSON/],
    ['no object', () => folder({ 'metrics.json': '[]' }), /metrics\.json .*not a JSON object/],
    [
      'no list',
      () => folder({ 'metrics.json': { metrics: {} } }),
      /no list "metrics" or "widgets"/,
    ],
    ['no entry', () => folder({ 'metrics.json': { metrics: [1] } }), /entries is not an object/],
    ['no key', () => folder({ 'metrics.json': { metrics: [{}] } }), /has no "reference_key"/],
    [
      'no definitions',
      () => folder({ 'metrics.json': PHOTOS, 'setup.json': { metrics: 'x' } }),
      /setup\.json .*"metrics" is not an object/,
    ],
    [
      'no definition',
      () => folder({ 'metrics.json': PHOTOS, 'setup.json': { metrics: { reach: 1 } } }),
      /setup\.json .*"reach" is not an object/,
    ],
    ['no file', () => folder({ 'metrics.json/x': '' }), /metrics\.json: it is not a file/],
  ];
  it.each(wrong)('for %s says so in one sentence', (_, make, message) => {
    const dir = make();
    expect(() => readCatalog(dir)).toThrow(message);
    expect(() => readCatalog(dir)).toThrow(/^[^\n]+\.$/);
  });

  it('for its size is not even opened', () => {
    const dir = folder({ 'metrics.json': PHOTOS });
    truncateSync(join(dir, 'metrics.json'), 16 * 1024 * 1024 + 1);
    expect(() => readCatalog(dir)).toThrow(/metrics\.json: it is larger than 16 MiB\.$/);
  });

  it('for a pipe does not wait', () => {
    const dir = folder({});
    symlinkSync('/dev/zero', join(dir, 'metrics.json'));
    expect(() => readCatalog(dir)).toThrow(/it is not a file/);
  });
});

describe('the kind of a definition', () => {
  it.each([
    ['ctr', { formatting_function: 'percentage', group_by: 'recalculate' }, 'fraction'],
    ['ctr', { formatting_function: 'add_percentage', group_by: 'recalculate' }, 'percent'],
    ['ctr', {}, 'fraction'],
    ['cpc', { formatting_function: 'currency', group_by: 'recalculate' }, 'cost'],
    ['spend', { formatting_function: 'currency' }, 'money'],
    ['ROI', { formatting_function: 'currency', group_by: 'recalculate' }, 'cost'],
    ['arpu', { label: 'ARPU', formatting_function: 'currency' }, 'cost'],
    ['people', { group_by: 'recalculate' }, 'unique'],
    ['things', { group_by: 'recalculate' }, 'unique'],
    ['followers', { group_by: 'latest_value' }, 'stock'],
    ['followers', { label: 'New followers', group_by: 'sum' }, 'count'],
    ['things', { group_by: 'average' }, 'mean'],
    ['revenue', { group_by: 'sum' }, 'money'],
    ['followers', { group_by: 'whatever' }, 'stock'],
    ['replies', { group_by: 7, label: null, options: {} }, 'count'],
    ['x', { label: 'Cost per link click', formatting_function: 'currency' }, 'cost'],
    ['x', { label: 'Open rate' }, 'fraction'],
    ['time', { formatting_function: 'seconds_to_hours' }, 'seconds'],
    ['avg_time', { formatting_function: 'milliseconds_to_minutes' }, 'milliseconds'],
    ['time_played', { formatting_function: 'milliseconds_to_minutes' }, 'count'],
    ['watched', { formatting_function: 'minutes_to_hours' }, 'count'],
    ['sent', { isDate: true }, 'date'],
    ['sent', { formatting_function: 'format_to_date_full' }, 'date'],
    ['placement', { options: ['align_left'] }, 'text'],
    ['top_rate', { options: ['align_left'] }, 'fraction'],
  ])('%s %j is %s', (metric, definition, kind) => {
    expect(kindOfDefinition(metric, definition)).toBe(kind);
  });
});
