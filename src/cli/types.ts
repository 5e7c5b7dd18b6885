import { readFileSync, writeFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Command } from 'commander';
import { EXIT } from './exit-codes.ts';
import { writeWhole } from './output.ts';
import { camelCase } from './types/names.ts';
import { componentsOf, IMPORTED, moduleOf, unknownKeysOf } from './types/module.ts';
import { readJson } from './types/read-json.ts';
import { notesOnComponents } from './unknown-components.ts';

interface Options {
  readonly name?: string;
  readonly output?: string;
  readonly force: boolean;
}

const EXAMPLES = `
Examples:
  tallywire types payload.json > dashboard.ts
  tallywire types payload.json --name dashboard --output src/dashboard.ts
  pbpaste | tallywire types --name dashboard > dashboard.ts

A payload is what the Reportei application sends to get-data ({"metrics": [{"reference_key": …}]}),
one of the vendor's catalogues, or a list of queries. Each query gets a name from its reference key;
queries added at the end change no name. Ids are left out: each request gets its own.
Exits with ${EXIT.done} when done, ${EXIT.failed} when that cannot be done, ${EXIT.usage} on a mistake in the command line.
`;

/** Adds `tallywire types`, which writes queries as code. */
export function typesCommand(program: Command): void {
  program
    .command('types')
    .description('Turn a payload of the Reportei application into a typed module')
    .argument('[payload]', 'a JSON file, - or nothing for standard input')
    .option(
      '-n, --name <name>',
      "of the set and its export (default: the file's name, or dashboard)",
    )
    .option('-o, --output <file>', 'write to a file that does not exist yet')
    .option('-f, --force', 'let --output replace a file', false)
    .addHelpText('after', EXAMPLES)
    .action(run);
}

async function run(
  file: string | undefined,
  { name = nameFrom(file), output, force }: Options,
  command: Command,
): Promise<void> {
  if (!isUsable(name)) {
    command.error(
      `error: --name must be a name as in "const dashboard": letters, digits and _, 40 at most; ` +
        `no word of the language, and none of ${IMPORTED.join(', ')}${suggestionFor(name)}`,
    );
  }
  if (force && output === undefined) command.error('error: --force goes with --output');

  const payload = readJsonOf(await bytesOf(file), file);
  const source = moduleOf(payload, name);
  if (output === undefined) process.stdout.write(source);
  else writeSource(output, source, force);
  for (const note of notesOnComponents(componentsOf(payload))) console.error(note);
  const unknown = unknownKeysOf(payload).map((key) => JSON.stringify(key));
  if (unknown.length > 0) {
    console.error(`kept in extra, since no document names them: ${unknown.join(', ')}`);
  }
}

const isStandardInput = (file: string | undefined): file is '-' | undefined =>
  file === undefined || file === '-';

async function bytesOf(file: string | undefined): Promise<Uint8Array> {
  if (!isStandardInput(file)) {
    try {
      return readFileSync(file);
    } catch (error) {
      throw new Error(`cannot read ${file}: ${(error as Error).message}`, { cause: error });
    }
  }
  if (process.stdin.isTTY) console.error('Paste the payload, then end it with Ctrl+D.');
  return buffer(process.stdin);
}

function readJsonOf(bytes: Uint8Array, file: string | undefined): unknown {
  try {
    return readJson(bytes);
  } catch (error) {
    const source = isStandardInput(file) ? 'standard input' : file;
    throw new Error(`cannot read ${source}: ${(error as Error).message}`, { cause: error });
  }
}

function writeSource(output: string, source: string, force: boolean): void {
  if (force) return writeWhole(output, source);
  try {
    writeFileSync(output, source, { flag: 'wx' });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'EEXIST' ? 'it exists already (--force replaces it)' : message;
    throw new Error(`cannot write ${output}: ${why}`, { cause: error });
  }
}

/** The file's name as a name of code. */
function nameFrom(file: string | undefined): string {
  const name = identifierOf(isStandardInput(file) ? '' : basename(file, extname(file)));
  if (name === '') return 'dashboard';
  return isUsable(name) ? name : `${name}Set`;
}

function suggestionFor(words: string): string {
  const name = identifierOf(words);
  return isUsable(name) && name !== words ? ` (did you mean ${name}?)` : '';
}

/** Maybe empty, or a word that is taken. */
const identifierOf = (words: string): string =>
  camelCase(words, MAX_NAME)
    .replace(/\W/g, '')
    .replace(/^(?=\d)/, '_');

const MAX_NAME = 30;

/** Also fit for the name of a set. */
const isUsable = (name: string): boolean => /^[A-Za-z_]\w{0,39}$/.test(name) && !TAKEN.has(name);

/** Words of the language, and what compilers and CommonJS have in every module. */
const TAKEN: ReadonlySet<string> = new Set([
  ...IMPORTED,
  ...'await break case catch class const continue debugger default delete do else enum'.split(' '),
  ...'export extends false finally for function if import in instanceof new null'.split(' '),
  ...'return super switch this throw true try typeof var void while with yield'.split(' '),
  ...'arguments eval implements interface let package private protected public'.split(' '),
  ...'static undefined globalThis Object require exports module'.split(' '),
  '__filename',
  '__dirname',
]);
