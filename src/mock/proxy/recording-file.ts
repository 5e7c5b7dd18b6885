import { appendFileSync, readFileSync } from 'node:fs';

/** One line of a file of recordings. */
export interface Recording {
  readonly version: 1;
  readonly operation: string;
  /** See `Identity`. */
  readonly key: string;
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    /** With the numbers of the metrics in place of their ids. */
    readonly body: string;
  };
}

/**
 * The recordings in a file, oldest first.
 *
 * @throws Error with a sentence for people if it cannot be read.
 */
export function readRecordings(file: string): readonly Recording[] {
  const lines = attempt(`The recordings cannot be read from ${file}`, () =>
    readFileSync(file, 'utf8'),
  ).split('\n');
  return lines.flatMap((line, i) => {
    if (line.trim() === '') return [];
    const one = parsed(line);
    if (isRecording(one)) return [one];
    throw new Error(`Line ${i + 1} of ${file} is no recording`);
  });
}

/**
 * Makes sure that a file can be written to: whoever finds out at the end has recorded nothing.
 *
 * @throws Error with a sentence for people if it cannot.
 */
export function openRecordings(file: string): void {
  attempt(`Answers cannot be recorded in ${file}`, () => append(file, ''));
}

/** Adds a recording. At once: one that is lost with the process would be missed. */
export function addRecording(file: string, recording: Recording): void {
  append(file, `${JSON.stringify(recording)}\n`);
}

/** Nobody else may read what an API answered. */
const append = (file: string, text: string): void => appendFileSync(file, text, { mode: 0o600 });

function attempt<Value>(what: string, act: () => Value): Value {
  try {
    return act();
  } catch (error) {
    throw new Error(`${what}: ${(error as Error).message}`, { cause: error });
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isRecording(value: unknown): value is Recording {
  const { version, key, response } = asObject(value);
  const { status, headers, body } = asObject(response);
  return (
    version === 1 &&
    typeof key === 'string' &&
    typeof body === 'string' &&
    Number.isInteger(status) &&
    Number(status) >= 200 &&
    Number(status) <= 599 &&
    areHeaders(headers)
  );
}

function areHeaders(value: unknown): boolean {
  try {
    return typeof value === 'object' && [...new Headers(value as HeadersInit)].length >= 0;
  } catch {
    return false;
  }
}

const asObject = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
