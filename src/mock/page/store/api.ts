/** Calls to the control API, relative to the page. */
import { inWords, isObject, parsed } from '../lib/wire.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

const sentence = (status: number, text: string): string => {
  const body = parsed(text);
  if (!isObject(body) || typeof body.message !== 'string')
    return `The emulator answered ${status}.`;
  const errors = isObject(body.errors) ? Object.entries(body.errors) : [];
  const details = errors.map(
    ([name, what]) =>
      `${name} ${Array.isArray(what) ? what.map(inWords).join(', ') : inWords(what)}`,
  );
  return [body.message, ...details].join(' · ');
};

/** The answer's body. Throws an `Error` with a sentence for people. */
export async function call<Answer = void>(
  method: Method,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<Answer> {
  const response = await fetch(path, {
    method,
    ...(signal && { signal }),
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new Error('The emulator does not answer.', { cause: error });
  });
  const text = await response.text();
  if (!response.ok) throw new Error(sentence(response.status, text));
  return (text === '' ? undefined : JSON.parse(text)) as Answer;
}

export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
