import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { root } from '../../scripts/lib/run.ts';
import { skipRedis } from './redis.ts';
import {
  type Emulator,
  fillOutbox,
  folderOf,
  needsRedis,
  runCommand,
  runSample,
  startByCommand,
  startEmulator,
} from './snippet-runs.ts';
import { type MarkdownPage, promisedBy, whereOf } from './snippets.ts';

/** What `beforeAll` made ready. */
export interface Ready {
  readonly errors: readonly string[];
  readonly redisPort: number | undefined;
}

// Of a second or two, on a machine that does much else.
const patience = { timeout: 180_000 };

/** Values are spaced and quoted by who prints them. */
const plain = (text: string): string => text.replace(/[\s'"`]/g, '');

/** What a command writes to. */
const outputs = /(?:^| )(?:>|-o) (\S+)/;

/**
 * Tests of one page: its samples compile, and they and its commands do what the page says.
 * `afterCommands` looks at what the commands of the package left behind.
 */
export const provePage = (
  page: MarkdownPage,
  ready: () => Ready,
  afterCommands?: (emulator: Emulator) => void,
): void => {
  describe.concurrent(page.name, patience, () => {
    it('has samples that compile against the built package', ({ expect }) => {
      const own = ready().errors.filter(
        (text) => text.startsWith(`${page.name}/`) || !/^\S+\(\d+,\d+\)/.test(text),
      );
      expect(own.join('\n')).toBe('');
    });

    if (page.provedBy !== undefined) {
      const { provedBy } = page;
      it(`is done step by step by ${provedBy}`, async ({ expect }) => {
        expect(existsSync(`${root}${provedBy}`)).toBe(true);
        expect(await readFile(`${root}${provedBy}`, 'utf8')).toContain(page.name);
      });
      return;
    }

    for (const sample of page.samples.filter(({ notRun }) => notRun === undefined)) {
      const skip = needsRedis(sample) && skipRedis;
      it.skipIf(skip)(`runs the sample at ${whereOf(sample)}`, async ({ expect }) => {
        const output = await runSample(page, sample, ready().redisPort);
        expect(output).not.toBe('');
        for (const text of promisedBy(sample)) expect(plain(output)).toContain(plain(text));
      });
    }

    const commands = page.commands.filter(({ notRun }) => notRun === undefined);
    const folder = folderOf(page);

    for (const command of commands.filter(({ text }) => text.startsWith('npx tallywire mock'))) {
      it(`starts the emulator at ${whereOf(command)}: ${command.text}`, async ({ expect }) => {
        expect(await startByCommand(command.text, folder)).toMatch(/^listening on /m);
      });
    }

    const ours = commands.filter(({ text }) => /^npx tallywire (?!mock)/.test(text));
    if (ours.length > 0) {
      it('has commands that work, one after another', async ({ expect }) => {
        await using emulator = await startEmulator(ready().redisPort);
        if (ours.some(({ text }) => text.includes('tallywire outbox'))) await fillOutbox(folder);
        for (const command of ours) {
          await runCommand(command.text, folder, emulator).catch((cause: Error) => {
            throw new Error(`${whereOf(command)}: ${cause.message}`, { cause });
          });
          const [, file] = outputs.exec(command.text) ?? [];
          if (file) expect((await stat(join(folder, file))).size, command.text).toBeGreaterThan(0);
        }
        afterCommands?.(emulator);
      });
    }

    // What is asked of another server is asked of what a sample starts.
    const asks = /^curl .*127\.0\.0\.1:4010/;
    for (const command of commands.filter(({ text }) => asks.test(text))) {
      it(`asks at ${whereOf(command)}: ${command.text}`, async ({ expect }) => {
        await using emulator = await startEmulator(undefined);
        const output = await runCommand(command.text, folder, emulator);
        if (!command.text.includes(' > ')) expect(() => void JSON.parse(output)).not.toThrow();
      });
    }

    const scripts = commands.flatMap(({ text }) => /^npm run ([\w:-]+)/.exec(text)?.[1] ?? []);
    if (scripts.length > 0) {
      it('names scripts that exist', async ({ expect }) => {
        const text = await readFile(`${root}package.json`, 'utf8');
        const known = JSON.parse(text) as { readonly scripts: Record<string, string> };
        for (const name of scripts) expect(Object.keys(known.scripts)).toContain(name);
      });
    }
  });
};
