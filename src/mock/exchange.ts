/** What comes into the engine: a request that has been read, but not understood. */
export interface Incoming {
  readonly method: string;
  /** Path and query as they were sent. */
  readonly target: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Why the body is missing, where reading it failed. */
  readonly problem?: Problem;
  /** Tells that the client has gone. */
  readonly signal?: AbortSignal;
}

/** Something wrong with a request that no schema can say. */
export interface Problem {
  readonly status: number;
  readonly message: string;
}

/** What a behaviour answers. */
export interface Reply {
  readonly status: number;
  /** Sent as JSON, or as it is where it is a `Stream`; `undefined` for none. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the answer has to wait for. */
  readonly before?: Promise<void> | undefined;
  /** Runs once the answer is out, with the request's number in the journal. */
  readonly after?: ((requestId: number) => void) | undefined;
}

/** A body that is not JSON, or is not there as a whole yet. */
export interface Stream {
  readonly type: string;
  readonly chunks: AsyncIterable<string> | Iterable<string>;
}

/** How an answer is to arrive, where not at once and whole. */
export interface Delivery {
  /** See `FaultRule.connection`. */
  readonly connection?: 'reset' | 'lose-answer' | 'cut-body' | 'hang';
  /** How long the body takes. */
  readonly slowMs?: number;
}

/** What goes out of the engine, ready to be written. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Stream['chunks'];
  readonly delivery?: Delivery;
  /** Runs once the answer is out; whoever writes the answer has to call it. */
  readonly after?: (() => void) | undefined;
}

const MAX_DEPTH = 1000;

/** Parses a JSON body, or says in one sentence what is wrong with it. */
export function parseJson(text: string): { readonly value: unknown } | Problem {
  // Deeper values can be parsed but not written again: V8 runs out of stack in `stringify`.
  if (depth(text) > MAX_DEPTH) {
    return { status: 400, message: `The body is nested deeper than ${MAX_DEPTH} levels.` };
  }
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { status: 400, message: `The body is not valid JSON: ${printable(reason)}` };
  }
}

function depth(text: string): number {
  if (text.length < MAX_DEPTH) return 0;
  let level = 0;
  let deepest = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i];
    if (char === '"') quoted = !quoted;
    else if (quoted && char === '\\') i += 1;
    else if (!quoted && (char === '[' || char === '{')) deepest = Math.max(deepest, (level += 1));
    else if (!quoted && (char === ']' || char === '}')) level -= 1;
  }
  return deepest;
}

/** A text from outside, made fit for a log line and for a message: one line, no control codes. */
export function printable(text: string, max = 200): string {
  // oxlint-disable-next-line no-control-regex -- control codes are what has to go
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');
  if (line.length <= max) return line;
  // Through bytes, because a slice of a text keeps the whole of it in memory.
  return `${Buffer.from(line.slice(0, max)).toString()}…`;
}
