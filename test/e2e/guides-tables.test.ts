/** What the tables of guides claim of faults, settings and days, by doing it. */
import { readFile } from 'node:fs/promises';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/lib/run.ts';
import {
  type FaultRule,
  type MockServer,
  type Settings,
  startMockServer,
} from '../../src/mock/index.ts';
import { type PeriodOptions, resolvePeriod } from '../../src/reportei/index.ts';

const guide = (name: string): Promise<string> =>
  readFile(`${root}src/site/guides/${name}.md`, 'utf8');
const [testing, webhooks, dates] = await Promise.all(
  ['testing', 'webhooks', 'dates'].map(guide) as [
    Promise<string>,
    Promise<string>,
    Promise<string>,
  ],
);

/** The rows of the table below a heading, by their cells. */
const tableOf = (text: string, heading: string): readonly (readonly string[])[] => {
  const section = text.split(`\n${heading}\n`)[1] ?? '';
  const rows = section.split(/\n#/)[0]?.match(/^\|.*\|$/gm) ?? [];
  // Without the head and the line below it.
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
};

const codesIn = (cell = ''): readonly string[] =>
  [...cell.matchAll(/`(.+?)`/g)].map(([, code = '']) => code);

/** A value as it is written in code, in objects of this realm. */
const valueOf = (code: string): unknown =>
  JSON.parse(JSON.stringify(runInNewContext(`(${code})`))) as unknown;

let mock: MockServer;
beforeAll(async () => {
  mock = await startMockServer({ listen: false });
});
afterAll(() => mock.close());

describe('testing.md', () => {
  const rules = tableOf(testing, '## Faults').flatMap(([, rule]) =>
    codesIn(rule).filter((code) => code.startsWith('{') && !code.includes('…')),
  );
  it.each(rules)('shows a fault that there is: %s', (rule) => {
    expect(mock.faults.add(valueOf(rule) as FaultRule).enabled).toBe(true);
  });

  it('shows each setting with its default and another value', () => {
    const defaults = mock.settings.get();
    const rows = tableOf(testing, '## What nobody knows');
    expect(rules.length).toBeGreaterThan(12);
    expect(rows.length).toBeGreaterThan(8);
    for (const [name, shown, other] of rows) {
      const setting = codesIn(name)[0] as keyof Settings;
      const [value] = codesIn(shown);
      if (value !== undefined)
        expect([setting, defaults[setting]]).toEqual([setting, valueOf(value)]);
      const changed = valueOf(codesIn(other)[0] as string);
      mock.settings.change({ [setting]: changed });
      expect(mock.settings.get()[setting]).toEqual(changed);
      expect(changed).not.toEqual(defaults[setting]);
    }
  });
});

describe('webhooks.md', () => {
  const rows = tableOf(webhooks, '## Try it on the emulator');
  const rules = rows.flatMap(([, rule]) =>
    codesIn(rule).filter((code) => code.startsWith('webhook:')),
  );
  it.each(rules)('shows a fault that there is: %s', (rule) => {
    const added = mock.faults.add({
      operation: 'getDataAsync',
      ...(valueOf(`{${rule}}`) as FaultRule),
    });
    expect(added.webhook).toBeDefined();
  });

  it('shows several', () => expect(rules.length).toBeGreaterThan(4));
});

describe('dates.md', () => {
  const rows = tableOf(
    dates.replace('\nWhere it matters:\n', '\n#\n## Where it matters\n'),
    '## Where it matters',
  );

  it.each(rows)('%s, %s: %s', (days = '', compare, expected = '') => {
    const [first, second] = codesIn(days);
    const [, date] = / on (.*?)(?: *)$/.exec(days) ?? [];
    const asked = date === undefined ? { start: first, end: second } : { period: first };
    const options = { ...asked, compare: codesIn(compare)[0], timeZone: 'UTC' } as PeriodOptions;
    const now = new Date(`${(date ?? '').replace(/(?<=\d)(st|nd|rd|th)/, '')} 12:00 UTC`);
    const [start, end] = codesIn(expected);
    expect(resolvePeriod(options, now).compare).toEqual({ start, end });
  });

  it('shows several', () => expect(rows.length).toBeGreaterThan(5));
});
