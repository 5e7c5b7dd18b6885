import type { Reply, Stream } from '../exchange.ts';

/** A refusal in a sentence. */
export const problem = (status: number, message: string): Reply => ({ status, body: { message } });

/** That it is done, and nothing else to tell. */
export const DONE: Reply = { status: 204, body: undefined };

export const ok = (body: unknown, status = 200): Reply => ({ status, body });

/** A body that is written while it is made. */
export const streamed = (type: string, chunks: Stream['chunks']): Reply => ({
  status: 200,
  body: { type, chunks } satisfies Stream,
});
