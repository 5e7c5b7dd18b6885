/**
 * JSON in lines of coloured pieces. Only the space between tokens changes: numbers, escapes and
 * keys that are there twice stay as they were sent. Lines are made as they are asked for, so that
 * a megabyte costs no more than what is shown of it.
 */
export interface Piece {
  readonly kind: 'key' | 'string' | 'number' | 'word' | 'mark' | 'text';
  readonly text: string;
}

export interface Line {
  readonly depth: number;
  readonly pieces: readonly Piece[];
}

const endOfString = (text: string, start: number): number => {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 92) at += 1;
    else if (code === 34) return at + 1;
  }
  return text.length;
};

const SPACE = /[ \t\r\n]*/y;
const BARE = /[^\s"{}[\],:]+/y;

const match = (pattern: RegExp, text: string, at: number): string => {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
};

interface Token extends Piece {
  readonly end: number;
}

const tokenAt = (text: string, at: number): Token | undefined => {
  const start = at + match(SPACE, text, at).length;
  if (start >= text.length) return undefined;
  const first = text[start] as string;
  if (first === '"') {
    const end = endOfString(text, start);
    const after = end + match(SPACE, text, end).length;
    return { kind: text[after] === ':' ? 'key' : 'string', text: text.slice(start, end), end };
  }
  if ('{}[],:'.includes(first)) return { kind: 'mark', text: first, end: start + 1 };
  const bare = match(BARE, text, start) || first;
  const kind = /^-?\d/.test(bare) ? 'number' : /^(true|false|null)$/.test(bare) ? 'word' : 'text';
  return { kind, text: bare, end: start + bare.length };
};

/** A short list of plain values, and what is empty, stays on its line. */
const SHORT = /^(\[(?:[^[\]{}"]|"[^"\\]*")*\]|\{\s*\})/;

export function* jsonLines(text: string): Generator<Line, void> {
  let depth = 0;
  let pieces: Piece[] = [];
  let inlineEnd = 0;
  let at = 0;
  const line = (): Line => {
    const done = { depth, pieces };
    pieces = [];
    return done;
  };
  for (let token = tokenAt(text, at); token; token = tokenAt(text, at)) {
    const { kind, end } = token;
    const mark = kind === 'mark' ? token.text : '';
    const inline = end <= inlineEnd;
    at = end;
    if (inline || !mark) {
      const spaced = mark === ',' ? ', ' : token.text;
      pieces.push({ kind, text: spaced });
    } else if (mark === '{' || mark === '[') {
      const short = SHORT.exec(text.slice(end - 1, end + 79));
      pieces.push({ kind, text: mark });
      if (short) inlineEnd = end - 1 + short[0].length;
      else {
        yield line();
        depth += 1;
      }
    } else if (mark === '}' || mark === ']') {
      if (pieces.length > 0) yield line();
      depth = Math.max(0, depth - 1);
      pieces.push({ kind, text: mark });
    } else if (mark === ':') pieces.push({ kind, text: ': ' });
    else {
      pieces.push({ kind, text: mark });
      yield line();
    }
  }
  if (pieces.length > 0) yield line();
}

/** The lines of a text that is not JSON. */
export function* textLines(text: string): Generator<Line, void> {
  let start = 0;
  while (start < text.length) {
    const found = text.indexOf('\n', start);
    const end = found === -1 ? text.length : found;
    yield { depth: 0, pieces: [{ kind: 'text', text: text.slice(start, end) }] };
    start = end + 1;
  }
}

/** Whether to show a text as JSON; one that was cut need only begin like it. */
export const looksLikeJson = (text: string, isCut: boolean): boolean => {
  if (!/^\s*[{["\d\-tfn]/.test(text)) return false;
  if (isCut) return /^\s*[{[]/.test(text);
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};
