/** What does it cost a service to import a client? */
import { spawnSync } from 'node:child_process';
import { at } from './processes.ts';
import { median, type Report } from './report.ts';

const rounds = 15;

/** A module with nothing in it: the first file that Node imports costs it some milliseconds. */
const nothing = 'an empty module';
const entries = {
  [nothing]: undefined,
  tallywire: 'index',
  'tallywire/reo': 'reo/index',
  'tallywire/reportei': 'reportei/index',
};

/** Milliseconds from before an import to after it, in a new process. */
const timeOf = (entry: string | undefined): number => {
  const url = at(entry === undefined ? 'nothing.mjs' : `../../dist/src/${entry}.js`);
  const script = `const at = performance.now(); await import(${JSON.stringify(url)}); console.log(performance.now() - at)`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  return Number(stdout);
};

export const importing = (): Report => {
  const times = Object.entries(entries).map(([name, entry]) => ({
    name,
    entry,
    ms: [] as number[],
  }));
  for (let round = 0; round < rounds; round += 1) {
    for (const { entry, ms } of times) ms.push(timeOf(entry));
  }
  const bare = median(times.find(({ name }) => name === nothing)?.ms ?? []);
  const extra = times.map(({ name, ms }) => ({ name, ms: median(ms) - bare }));
  return {
    question: 'Importing a client, over an empty module',
    rows: extra.map(({ name, ms }) => ({ import: name, ms })),
    verdicts: extra
      .filter(({ name }) => name !== nothing)
      .map(({ name, ms }) => ({
        what: `import of ${name}`,
        measured: ms,
        unit: 'ms',
        budget: 10,
        stretch: 5,
        better: 'less',
      })),
  };
};
