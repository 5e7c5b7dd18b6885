import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Answer, Stream } from '../exchange.ts';
import { bytesOf } from './bytes.ts';

/** Writes an answer, in the way that its `delivery` demands. */
export async function deliver(answer: Answer, response: ServerResponse): Promise<void> {
  const { status, body, delivery = {} } = answer;
  const { connection, slowMs } = delivery;
  const headers = sentHeaders(answer.headers);
  if (connection === 'hang') return;
  if (connection === 'reset' || connection === 'lose-answer') return reset(response);
  if (typeof body !== 'string') {
    response.writeHead(status, headers);
    return pour(body, response);
  }

  const bytes = bytesOf(body);
  // A status without a body has no length either.
  const bare = status === 204 || status === 304;
  response.writeHead(status, { ...headers, ...(bare ? {} : { 'content-length': bytes.length }) });
  if (connection === 'cut-body') {
    response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => reset(response));
  } else if (slowMs !== undefined) {
    await trickle(bytes, slowMs, response);
  } else {
    response.end(bytes);
  }
}

/** Without those that are empty: another server's answer may have no type. */
export const sentHeaders = (headers: Answer['headers']): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''));

function reset(response: ServerResponse): void {
  if (response.socket) response.socket.resetAndDestroy();
  else response.destroy();
}

const PIECES = 20;

async function trickle(bytes: Buffer, ms: number, response: ServerResponse): Promise<void> {
  const size = Math.max(1, Math.ceil(bytes.length / PIECES));
  // Headers first: it is the body that is slow.
  response.flushHeaders();
  for (let i = 0; i < bytes.length && !response.destroyed; i += size) {
    await wait(ms / Math.ceil(bytes.length / size));
    response.write(bytes.subarray(i, i + size));
  }
  response.end();
}

async function pour(chunks: Stream['chunks'], response: ServerResponse): Promise<void> {
  for await (const chunk of chunks) {
    if (response.destroyed) break;
    if (response.write(chunk)) continue;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        response.off('drain', go).off('close', go);
        resolve();
      };
      response.on('drain', go).on('close', go);
    });
  }
  response.end();
}
