import type { Reply, Stream } from '../exchange.ts';

/** A refusal in a sentence. */
export const problem = (status: number, message: string): Reply => ({ status, body: { message } });

/** That it is done, and nothing else to tell. */
export const DONE: Reply = { status: 204, body: undefined };

/** What came of an attempt, or why it was not made. */
export function attempted(act: () => Reply): Reply {
  try {
    return act();
  } catch (error) {
    return problem(422, (error as Error).message);
  }
}

export const ok = (body: unknown, status = 200): Reply => ({ status, body });

/** A body that is written while it is made. */
export const streamed = (type: string, chunks: Stream['chunks']): Reply => ({
  status: 200,
  body: { type, chunks } satisfies Stream,
});
