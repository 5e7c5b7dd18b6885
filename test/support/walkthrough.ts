/** Somebody who follows a guide step by step, in a project with the packed package. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Finished, root, run } from '../../scripts/lib/run.ts';
import { installPackage, link, type Project } from './package.ts';
import { freePort } from './redis.ts';

/** A program that was started and goes on. */
export interface Started {
  /** What it has printed so far, also on standard error. */
  readonly output: () => string;
  /** Asks it to end, and waits until it has. */
  readonly end: (signal: NodeJS.Signals) => Promise<void>;
}

export interface Walkthrough extends AsyncDisposable {
  readonly project: Project;
  /** Of the emulator. */
  readonly url: string;
  /** The lines by which the guide points the clients at the emulator, with the ports of this walk. */
  readonly exported: string;
  /** The guide's blocks of this language, with the ports of this walk. */
  readonly blocks: (language: string) => readonly string[];
  /** Writes the file that the guide shows under this title, the first or a later one of them. */
  readonly write: (title: string, nth?: number) => Promise<void>;
  /** Runs a command of the guide to its end. Throws for one that the guide does not have. */
  readonly run: (command: string) => Promise<Finished>;
  /** What the compiler of the guide says of the files so far, by the guide's `tsconfig.json`. */
  readonly types: () => Promise<Finished>;
  /** Starts a command of the guide, and waits until it prints what says so. */
  readonly start: (
    command: string,
    ready: RegExp,
    /** Whether what the guide exports was forgotten. */
    terminal?: { readonly isBare: boolean },
  ) => Promise<Started>;
}

interface Block {
  readonly language: string;
  readonly title: string | undefined;
  readonly code: string;
}

const blocksOf = (text: string): readonly Block[] =>
  [...text.matchAll(/^```(\w+)(?: title="(.*?)")?\n(.*?)^```$/gms)].map(
    ([, language = '', title, code = '']) => ({ language, title, code }),
  );

/** As of a new terminal: nothing of npm, of the tests and of their emulators. */
const environment = (): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(npm_|NODE_|VITEST|REO_|REPORTEI_|GITHUB_)/i.test(name),
    ),
  ),
  PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
  NO_COLOR: '1',
});

/**
 * Follows `src/site/guides/NAME.md`. Of the packages that it installs, ours is, and the others are linked. Free ports stand for the guide's.
 */
export const follow = async (name: string, ports: readonly number[] = []): Promise<Walkthrough> => {
  const free = await Promise.all([4010, ...ports].map(async (port) => [port, await freePort()]));
  const withPorts = (text: string): string =>
    free.reduce((all, [shown, own]) => all.replaceAll(`:${shown}`, `:${own}`), text);
  const inCode = (text: string): string =>
    free.reduce((all, [shown, own]) => all.replaceAll(`(${shown},`, `(${own},`), withPorts(text));
  const [[, emulatorPort] = []] = free;

  const guide = await readFile(`${root}src/site/guides/${name}.md`, 'utf8');
  const blocks = blocksOf(guide);
  const shell = blocks.filter(({ language }) => language === 'sh').map(({ code }) => code);
  const exported = withPorts(shell.flatMap((code) => code.match(/^export .*/gm) ?? []).join('\n'));
  const known = shell.join('\n').replaceAll('\\\n', '').replace(/ +/g, ' ').split('\n');

  const project = await installPackage();
  const installed = known.flatMap((line) => /^npm install (.*)/.exec(line)?.[1]?.split(' ') ?? []);
  await link(
    project,
    installed.filter((one) => one !== 'tallywire' && !one.startsWith('-')),
  );
  await project.write(
    'package.json',
    (await project.read('package.json')).replace('{', '{"type":"module",'),
  );
  const running = new Set<ChildProcess>();
  const options = { cwd: project.folder, env: environment() };

  const lineOf = (command: string): string => {
    if (!known.includes(command)) throw new Error(`${name} has no command ${command}`);
    return withPorts(command)
      .replace(/^npx (\S+)/, 'node_modules/.bin/$1')
      .replace(/(tallywire mock)/, `$1 --port ${emulatorPort}`);
  };

  const end = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
    if (!running.has(child)) return;
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill(signal);
    await ended;
  };

  const write: Walkthrough['write'] = async (title, nth = 0) => {
    const code = blocks.filter((block) => block.title === title)[nth]?.code;
    if (code === undefined) throw new Error(`${name} has no file ${title} (${nth})`);
    await project.write(title, inCode(code));
  };

  return {
    project,
    url: `http://127.0.0.1:${emulatorPort}`,
    exported,
    blocks: (wanted) =>
      blocks.flatMap(({ language, code }) => (language === wanted ? [withPorts(code)] : [])),
    write,
    run: (command) => run('sh', ['-c', `${exported}\n${lineOf(command)}`], options),
    types: async () => {
      if (!known.includes('npx tsc')) throw new Error(`${name} has no command npx tsc`);
      await write('tsconfig.json');
      return run(process.execPath, [`${root}node_modules/typescript-7/bin/tsc`], options);
    },
    start: async (command, ready, { isBare } = { isBare: false }) => {
      const script = `${isBare ? '' : exported}\nexec ${lineOf(command)}`;
      const child = spawn('sh', ['-c', script], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
      running.add(child);
      let output = '';
      await new Promise<void>((resolve, reject) => {
        const collect = (chunk: string): void => {
          output += chunk;
          if (ready.test(output)) resolve();
        };
        child.stdout.setEncoding('utf8').on('data', collect);
        child.stderr.setEncoding('utf8').on('data', collect);
        child.once('close', () => {
          running.delete(child);
          reject(new Error(`${command} ended:\n${output}`));
        });
      });
      return { output: () => output, end: (signal) => end(child, signal) };
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...running].map((child) => end(child, 'SIGKILL')));
      await project[Symbol.asyncDispose]();
    },
  };
};
