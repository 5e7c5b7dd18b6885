/** What does it cost a service to import a part of this package, or one of others? */
import { spawnSync } from 'node:child_process';
import { entries } from '../../scripts/lib/entries.ts';
import { at } from './processes.ts';
import { median, type Report } from './report.ts';

const rounds = 9;

/** A module with nothing in it: the first file that Node imports costs it some milliseconds. */
const nothing = 'an empty module';
const modules: Readonly<Record<string, string>> = {
  [nothing]: at('nothing.mjs'),
  ...Object.fromEntries(
    entries.map(({ name, module }) => [`tallywire${name.slice(1)}`, at(`../../dist/${module}.js`)]),
  ),
  ...Object.fromEntries(['axios', 'posthog-node', 'stripe', 'openai'].map((name) => [name, name])),
};

/** Those that a service imports for sure. The others bring along what they are for. */
const budgeted = ['tallywire', 'tallywire/reo', 'tallywire/reportei'];

interface Cost {
  readonly ms: number;
  readonly megabytes: number;
}

/** From before an import to after it, in a new process, which then tells what memory it holds. */
const costOf = (module: string): Cost => {
  const script = `
    const at = performance.now();
    await import(${JSON.stringify(module)});
    const ms = performance.now() - at;
    console.log(JSON.stringify({ ms, megabytes: process.memoryUsage.rss() / 1024 / 1024 }));
    process.exit();`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  return JSON.parse(stdout) as Cost;
};

export const importing = (): Report => {
  const measured = Object.entries(modules).map(([name, module]) => ({
    name,
    module,
    costs: [] as Cost[],
  }));
  // In turns, since the speed of a shared machine changes by the second.
  for (let round = 0; round < rounds; round += 1) {
    for (const { module, costs } of measured) costs.push(costOf(module));
  }
  const middle = measured.map(({ name, costs }) => ({
    name,
    ms: median(costs.map(({ ms }) => ms)),
    megabytes: median(costs.map(({ megabytes }) => megabytes)),
  }));
  const bare = middle.find(({ name }) => name === nothing) ?? { ms: NaN, megabytes: NaN };
  const extra = middle
    .filter(({ name }) => name !== nothing)
    .map(({ name, ms, megabytes }) => ({
      import: name,
      ms: ms - bare.ms,
      'MB of memory': megabytes - bare.megabytes,
    }));
  return {
    question: 'Importing an entry, or a package of others, over an empty module',
    rows: extra,
    verdicts: extra
      .filter((row) => budgeted.includes(row.import))
      .map((row) => ({
        what: `import of ${row.import}`,
        measured: row.ms,
        unit: 'ms',
        budget: 10,
        stretch: 5,
        better: 'less',
      })),
  };
};
