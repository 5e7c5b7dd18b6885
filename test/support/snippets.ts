/** What a page of Markdown shows its readers to type: samples of TypeScript, and commands. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { marked, type Token } from 'marked';

/** Where something stands on its page. */
interface Place {
  readonly heading: string;
  /** Of the first line of code, from 1. */
  readonly line: number;
  /** Why it is not run, when a comment `<!-- not run: why -->` before its fence says so. */
  readonly notRun?: string | undefined;
}

interface Code {
  readonly name: string;
  readonly line: number;
  readonly code: string;
}

/** A program of one file or several. */
export interface Sample extends Place {
  readonly files: readonly Code[];
  /** The file that is run: what drives it, else the last one. */
  readonly entry: string;
}

/** A line of a shell, with those that continue it. */
export interface Command extends Place {
  readonly text: string;
}

export interface MarkdownPage {
  /** The file's name without `.md`. */
  readonly name: string;
  readonly text: string;
  readonly samples: readonly Sample[];
  readonly commands: readonly Command[];
  /** The test that does what the page says, as `<!-- proved by FILE -->` names it. Its samples are only compiled here. */
  readonly provedBy?: string | undefined;
}

/** Fences that need no proof here, or have one of their own. Others are mistakes, e.g. `typescript`. */
const otherLanguages = ['js', 'json', 'yaml', 'text', 'dockerfile', 'csv', 'html', 'diff'];

interface Block extends Place {
  readonly language: string;
  readonly title?: string | undefined;
  readonly code: string;
  readonly driver?: Code | undefined;
}

const linesOf = (text: string): number => text.split('\n').length - 1;

const driverOf = (comment: string, line: number): Code | undefined => {
  const code = /^<!-- run\n(.*)-->/s.exec(comment)?.[1];
  return code === undefined ? undefined : { name: 'run.ts', line: line + 1, code };
};

const blocksOf = (text: string): Block[] => {
  const blocks: Block[] = [];
  let line = 1;
  let heading = '';
  let comment: { readonly text: string; readonly line: number } | undefined;
  const read = (token: Token): void => {
    if (token.type === 'heading') heading = token.text as string;
    if (token.type === 'code' && token.codeBlockStyle !== 'indented') {
      const [language = ''] = ((token.lang as string | undefined) ?? '').split(' ');
      blocks.push({
        heading,
        line: line + 1,
        language,
        title: /title="(.*?)"/.exec(token.lang as string)?.[1],
        code: `${token.text as string}\n`,
        notRun: /^<!-- not run: (.*?) -->/s.exec(comment?.text ?? '')?.[1],
        driver: comment && driverOf(comment.text, comment.line),
      });
    }
  };
  for (const token of marked.lexer(text)) {
    read(token);
    if (token.type === 'list' && /^ *```(ts|sh)/m.test(token.raw)) {
      throw new Error(`line ${line}: code in a list is not found by the tests: move it out`);
    }
    if (token.type === 'html') comment = { text: token.raw, line };
    else if (token.type !== 'space') comment = undefined;
    line += linesOf(token.raw);
  }
  return blocks;
};

const samplesOf = (blocks: readonly Block[]): Sample[] => {
  const groups: Block[][] = [];
  for (const block of blocks) {
    const group = groups.at(-1);
    const goesOn =
      block.title !== undefined &&
      group?.[0]?.title !== undefined &&
      group.every(({ title }) => title !== block.title);
    if (goesOn) group.push(block);
    else groups.push([block]);
  }
  return groups.map((group) => {
    const drivers = group.flatMap(({ driver }) => driver ?? []);
    if (drivers.length > 1) throw new Error(`line ${drivers[1]?.line}: a second driver`);
    const shown = group.map(({ title = 'sample.ts', line, code }) => ({ name: title, line, code }));
    const files = [...shown, ...drivers];
    const { heading = '', line = 0 } = group[0] ?? {};
    const notRun = group.find((block) => block.notRun)?.notRun;
    return { heading, line, notRun, files, entry: files.at(-1)?.name ?? '' };
  });
};

const commandsOf = (blocks: readonly Block[]): Command[] =>
  blocks.flatMap(({ code, line, heading, notRun }) => {
    const lines = code.split('\n');
    return lines.flatMap((text, i) => {
      if (text.trim() === '' || text.startsWith('#') || lines[i - 1]?.endsWith('\\')) return [];
      const end = lines.findIndex((other, j) => j >= i && !other.endsWith('\\'));
      const whole = lines.slice(i, end + 1).map((part) => part.replace(/\\$/, ''));
      return [{ heading, line: line + i, notRun, text: whole.join(' ') }];
    });
  });

export const readPage = async (path: string): Promise<MarkdownPage> => {
  const text = await readFile(path, 'utf8');
  const name = basename(path, '.md');
  try {
    const blocks = blocksOf(text);
    const unknown = blocks.find(
      ({ language }) => !['ts', 'sh', ...otherLanguages].includes(language),
    );
    if (unknown) throw new Error(`line ${unknown.line}: nobody proves "${unknown.language}"`);
    return {
      name,
      text,
      samples: samplesOf(blocks.filter(({ language }) => language === 'ts')),
      commands: commandsOf(blocks.filter(({ language }) => language === 'sh')),
      provedBy: /^<!-- proved by (\S+) -->$/m.exec(text)?.[1],
    };
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
  }
};

/** What comments behind `console.log(…);` say is printed. Sentences say what it is about. */
export const promisedBy = ({ files }: Sample): readonly string[] =>
  files
    .flatMap(({ code }) => [...code.matchAll(/console\.log\(.*\); \/\/ (.+)$/gm)])
    .flatMap(([, text = '']) => (/[a-z]+ [a-z]+/i.test(text) ? [] : text));

/** How a test is named after what it proves. */
export const whereOf = ({ heading, line }: Place): string => `"${heading}", line ${line}`;
