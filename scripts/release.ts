/**
 * Makes a release of the repository in the current folder: `npm run release -- minor`.
 *
 *   <version|major|minor|patch>   which one it is to be
 *   --dry-run                     says whether it would be refused, without the tests, and changes nothing
 *   --compatible                  what the public API has lost or changed breaks nobody: you have looked
 *
 * It refuses where something is missing and says what to do. Else it moves [Unreleased] of the changelog to the
 * version, sets that, builds, packs, commits and tags. It never pushes and never publishes: the pushed tag does,
 * by `.github/workflows/publish.yml`.
 */
import { parseArgs } from 'node:util';
import { mustRun, run } from './lib/run.ts';
import { decide } from './release/decide.ts';
import { gather } from './release/gather.ts';
import { makeRelease } from './release/make.ts';

const folder = process.cwd();

const git = (...args: readonly string[]): Promise<string> => mustRun('git', args, { cwd: folder });

const refuse = (refusals: readonly string[]): void => {
  for (const refusal of refusals) console.error(`✗ ${refusal}`);
  process.exitCode = 1;
};

const release = async (
  wanted: string,
  options: ReturnType<typeof read>['values'],
): Promise<void> => {
  const facts = await gather(folder, git, {
    wanted,
    isCompatible: options.compatible,
  });
  const { version, refusals, notes } = decide(facts);
  for (const note of notes) console.log(note);
  if (refusals.length > 0) return refuse(refusals);
  if (options['dry-run']) {
    console.log(
      `Nothing would refuse ${version} but \`npm test\`, which was not run. Nothing is changed.`,
    );
    return;
  }
  // The slow part last, when nothing else is missing.
  const { code } = await run('npm', ['test'], { cwd: folder, stdio: 'inherit' });
  if (code !== 0) return refuse(['`npm test` is red: what is not tested is not released.']);
  const left = await git('status', '--porcelain');
  if (left !== '')
    return refuse([`\`npm test\` has changed files: commit or ignore them.\n${left}`]);
  console.log(await makeRelease(folder, git, version));
  console.log(`v${version} is committed and tagged here. To publish it:`);
  console.log(`  git push --atomic origin ${facts.branch} v${version}`);
};

const read = () =>
  parseArgs({
    allowPositionals: true,
    options: {
      'dry-run': { type: 'boolean', default: false },
      compatible: { type: 'boolean', default: false },
    },
  });

const usage = 'npm run release -- <version|major|minor|patch> [--dry-run] [--compatible]';

try {
  const { positionals, values } = read();
  const [wanted] = positionals;
  if (wanted === undefined || positionals.length > 1) throw new TypeError(usage);
  await release(wanted, values);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof TypeError ? 2 : 1;
}
