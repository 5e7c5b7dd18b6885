import type { MetricsCache } from './cache.ts';

/** What tells one question from another. A hash, since it is made of tokens. */
const keyOf = async (question: unknown): Promise<string> => {
  const bytes = new TextEncoder().encode(JSON.stringify(question));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return `tallywire:${Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
};

const quietly = async <T>(work: () => T | Promise<T>): Promise<T | undefined> => {
  try {
    return await work();
  } catch {
    return undefined;
  }
};

/** What was answered to the same question before, else what `ask` brings. */
export const throughCache = async <T>(
  cache: MetricsCache,
  question: unknown,
  read: (text: string) => T | undefined,
  ask: () => Promise<{ readonly value: T; readonly text: string | undefined }>,
): Promise<T> => {
  const key = await quietly(() => keyOf(question));
  // What JSON cannot hold makes no request either: asking says so.
  if (key === undefined) return (await ask()).value;
  const found = await quietly(async () => {
    const text = await cache.get(key);
    return typeof text === 'string' ? read(text) : undefined;
  });
  if (found !== undefined) return found;
  const { value, text } = await ask();
  if (text !== undefined) await quietly(() => cache.set(key, text));
  return value;
};
