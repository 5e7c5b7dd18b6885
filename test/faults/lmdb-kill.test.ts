import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleChild, killAll, killTrial } from '../support/outbox-kill.ts';

/**
 * Nothing that was promised is lost when a service is killed, wherever it was; nothing is counted twice
 * by its id. `LONG=1` makes it 500 trials.
 */
const trials = process.env.LONG === undefined ? 30 : 500;
const atOnce = 5;

let child: Awaited<ReturnType<typeof bundleChild>>;
beforeAll(async () => {
  child = await bundleChild('outbox-kill-child.ts');
});
afterAll(() => {
  killAll();
  child.remove();
});

describe('kill -9', () => {
  test(
    `${trials} services lose nothing that they promised`,
    { timeout: 120_000 + trials * 5_000 },
    async () => {
      const problems: string[] = [];
      const seeds = Array.from({ length: trials }, (_, index) => index + 1);
      const run = async (): Promise<void> => {
        for (let seed; (seed = seeds.shift()) !== undefined;) {
          for (const one of await killTrial({ file: child.file, seed })) {
            problems.push(`trial ${seed}: ${one}`);
          }
        }
      };
      await Promise.all(Array.from({ length: atOnce }, run));
      expect(problems).toEqual([]);
    },
  );

  test.for(['derived-id', 'delete-first', 'acknowledge-first'] as const)(
    'finds the bug: %s',
    { timeout: 120_000 },
    async (bug) => {
      for (let seed = 1; seed <= 10; seed += 1) {
        const problems = await killTrial({ file: child.file, seed, bug });
        if (problems.some((one) => /lost|only|different payloads|totals disagree/.test(one)))
          return;
      }
      expect.fail(`ten trials, and ${bug} was not found`);
    },
  );
});
