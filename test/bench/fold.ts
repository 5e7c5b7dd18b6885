/** How many counts can be folded in a second? */
import { startModule } from './processes.ts';
import { median, type Report } from './report.ts';

const sizes = [
  { keys: 1_000, budget: 2, stretch: 6 },
  { keys: 100_000, budget: 1, stretch: 1.6 },
  { keys: 1_000_000, budget: 0.5, stretch: 0.8 },
] as const;

export const folding = async (): Promise<Report> => {
  const rows = [];
  const verdicts = [];
  for (const { keys, budget, stretch } of sizes) {
    using peer = startModule('fold.mjs', [String(keys)]);
    const told = (await peer.ask()) as {
      readonly rates: readonly number[];
      readonly records: number;
      readonly calls: number;
    };
    const measured = median(told.rates) / 1e6;
    rows.push({ keys, 'M/s': measured, windows: told.records, counts: told.calls });
    verdicts.push({
      what: `${keys} keys`,
      measured,
      unit: 'M/s',
      budget,
      stretch,
      better: 'more' as const,
    });
  }
  return { question: 'Counts folded into open windows, meta and all', rows, verdicts };
};
