import { describe, expect, it } from 'vitest';
import { renderSummary, type Summary } from '../../../src/cli/send/summary.ts';

const summary: Summary = {
  file: '-',
  end: 'interrupted',
  resumable: true,
  records: 0,
  sent: 0,
  kept: 0,
  dropped: 0,
  bad: 0,
  dead: 0,
  left: 0,
  attempts: 0,
  ambiguous: 0,
  timeless: 0,
  durationMs: 0,
  rejects: null,
  examples: [],
  before: { sent: 0, kept: 0, dead: 0, dropped: 0, bad: 0 },
};

describe('what is told at the end of a file', () => {
  it.each<[string, Partial<Summary>]>([
    ['-: done (0 s', { end: 'done' }],
    ['-: stopped; the same command goes on (0 s', {}],
    ['-: stopped, since nothing gets through; the same command goes on (0 s', { end: 'held' }],
    ['-: failed; once that is mended, the same command goes on (0 s', { end: 'failed' }],
    ['-: failed; nothing was sent (0 s', { end: 'failed', resumable: false }],
    [
      '-: stopped; it cannot go on: the same command sends all of it again',
      { resumable: false, sent: 1 },
    ],
    [
      '-: stopped; it cannot go on: the same command sends all of it again',
      { resumable: false, kept: 1 },
    ],
  ])('%s', (text, given) => {
    expect(renderSummary({ ...summary, ...given }).startsWith(text)).toBe(true);
  });
});
