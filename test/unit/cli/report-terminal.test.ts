import fc from 'fast-check';
import pc from 'picocolors';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { renderTerminal } from '../../../src/cli/report/terminal.ts';
import { bar, sparkline } from '../../../src/cli/report/sparkline.ts';
import { clean, cut } from '../../../src/cli/report/text.ts';
import { everywhere, metric, report, sample } from '../../support/report.ts';

const paper = { width: 80, rows: 24, colors: pc.createColors(false) };
const shown = renderTerminal(sample, paper);
const lineOf = (text: string): string =>
  shown
    .split('\n')
    .find((line) => line.includes(text))
    ?.replaceAll(/ +/g, ' ') ?? '';

describe('a report in the terminal', () => {
  it('tells numbers with their change and course', () => {
    expect(lineOf('ig:replies')).toBe('ig:replies 120 ▲ +20.0 % from 100 ▁▂ █');
    expect(lineOf('ig:exits')).toBe('ig:exits 1.50 ▼ -50.0 % from 3');
    expect(lineOf('ig:same')).toBe('ig:same 7 = from 7');
  });

  it('takes the change from Connect, and from the two values where Connect does not tell', () => {
    const comparison = { values: 100, difference: 19.5, absoluteDifference: null };
    const told = metric('told', 'number_v1', { values: 120, comparison });
    const untold = metric('untold', 'number_v1', {
      values: 50,
      comparison: { ...comparison, difference: null },
    });
    const fromNothing = metric('new', 'number_v1', {
      values: 5,
      comparison: { values: 0, difference: null, absoluteDifference: 5 },
    });
    const text = renderTerminal(report([told, untold, fromNothing]), paper);
    expect(text).toMatch(/told +120 {2}▲ {2}\+19\.5 %/);
    expect(text).toMatch(/untold +50 {2}▼ {2}-50\.0 %/);
    expect(text).toMatch(/new +5 {2}▲ +from 0\n/);
  });

  it('shows what has no value as none, never as 0', () => {
    expect(lineOf('ig:nothing')).toBe('ig:nothing –');
  });

  it('draws courses as sparklines, with where they end and between what they move', () => {
    expect(shown).toContain('2024-08-01 to 2024-08-31');
    expect(lineOf('reach ')).toMatch(/reach ▁[▁-█]{29}█ 30 0 to 30$/);
    expect(lineOf('impressions')).toMatch(/ █[▁-█]{29}▁ 1 1 to 31$/);
  });

  it('draws categories as bars, and several series as a table', () => {
    const [, female = '', male = ''] = /female +10 +(█+)\n +male +5 +(█+)\n/.exec(shown) ?? [];
    expect(male.length).toBeGreaterThan(5);
    expect(female.length).toBe(2 * male.length);
    expect(lineOf('(empty)')).toBe(' (empty) –');
    expect(shown).toMatch(/ {2}age +female +male\n {2}─+ +─+ +─+\n {2}18-24 +1 +3\n/);
  });

  it('aligns tables, with their totals at the end', () => {
    expect(shown).toContain(`
  clicks_breakdown  count     ctr
  ────────────────  ─────  ──────
  Email                 2  0.0002
  Websites            428       –
  ────────────────  ─────  ──────
  Total               430   0.048
  ! The rates are estimates.
`);
  });

  it('names failures with their reason, those that say the same together', () => {
    expect(shown).toMatch(/12 metrics, 2 failed/);
    expect(shown).toMatch(
      /2 failed\n {2}✗ expired_token: connect again\n {4}The account was disconnected [^\n]+ connect it\n {4}again\.\n {4}ig:none, ig:none_either\n$/,
    );
  });

  it('cuts long tables, and says how to see all', () => {
    const rows = Array.from({ length: 30 }, (_, i) => [`page ${i}`, i]);
    const long = metric('pages', 'datatable_v1', { values: rows }, { dimensions: ['page'] });
    const text = renderTerminal(report([long]), { ...paper, rows: 10 });
    expect(text).toContain('page 9');
    expect(text).not.toContain('page 10');
    expect(text).toContain('… 20 more rows (--format csv has all)');
  });

  it('leaves out columns for which there is no room, and says so', () => {
    const metrics = Array.from({ length: 12 }, (_, i) => `a_measure_${i}`);
    const values = [['x', ...metrics.map(() => 1_234_567)]];
    const wide = metric('wide', 'datatable_v1', { values }, { dimensions: ['page'], metrics });
    const text = renderTerminal(report([wide]), paper);
    expect(text).toMatch(/… \d more columns \(--format csv has all\)/);
    expect(text).not.toMatch(/1,234,5…/);
  });

  it('counts the cells that wide characters take', () => {
    const values = [
      ['日本語', 1],
      ['é👩‍👩‍👧', 22],
    ];
    const table = metric('t', 'datatable_v1', { values }, { dimensions: ['name'] });
    const lines = renderTerminal(report([table]), paper)
      .split('\n')
      .filter((line) => /^ {2}(日|é)/.test(line));
    expect(lines).toHaveLength(2);
    expect(new Set(lines.map((line) => stringWidth(line))).size).toBe(1);
  });

  it('paints where it may', () => {
    const painted = renderTerminal(sample, { ...paper, colors: pc.createColors(true) });
    expect(painted).toContain('\u001b[32m▲');
    // oxlint-disable-next-line no-control-regex -- colours are control sequences
    const plain = painted.replaceAll(/\u001b\[\d+m/g, '');
    expect(plain.replaceAll(/ +$/gm, '')).toBe(shown);
  });
});

describe('texts from elsewhere in the terminal', () => {
  // oxlint-disable-next-line no-control-regex -- they are what must not be there
  const obeyed = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

  it.each([
    ['\u001b[2J\u001b[31mred\u001b]0;title\u0007', /^red$/],
    ['\u009b2Jx\u0090y', /x.?y?/],
    ['a\r\nb\tc\u0000d', 'a b cd'],
    ['\u202egnp.exe', 'gnp.exe'],
    ['\u001b\u0000[31mx', /x/],
  ])('%j does nothing', (hostile, left) => {
    expect(clean(hostile)).toMatch(left);
    expect(clean(hostile)).not.toMatch(obeyed);
    const text = renderTerminal(everywhere(hostile), paper);
    expect(text).not.toMatch(obeyed);
  });

  it('never reach it as commands, and never break its width', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '\u001b[',
        '\u001b]8;;',
        '\u009b',
        '\n',
        '日本',
        '👩‍👩‍👧',
        '\u0301',
        '{}',
        ' '.repeat(9),
      ),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1 }),
        fc.integer({ min: 40, max: 120 }),
        (pieces, width) => {
          const text = renderTerminal(everywhere(pieces.join('') || 'x'), { ...paper, width });
          expect(text).not.toMatch(obeyed);
          for (const line of text.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(width);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('are cut by what a reader takes for a character', () => {
    expect(cut('👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 5)).toBe('👩‍👩‍👧👩‍👩‍👧…');
    expect(cut('日本語', 4)).toBe('日…');
  });
});

describe('sparklines and bars', () => {
  it('keep the shape of what has more values than there is room', () => {
    const values = Array.from({ length: 1_000 }, (_, i) => i);
    expect(sparkline(values, 8)).toBe('▁▂▃▄▅▆▇█');
  });

  it('bear anything that a number may be', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.double()), { minLength: 1 }), (values) => {
        expect(sparkline(values, 10)).toMatch(/^[▁-█ ]{1,10}$/);
        for (const one of values) expect(stringWidth(bar(one, 5, 10))).toBeLessThanOrEqual(10);
      }),
    );
  });
});
