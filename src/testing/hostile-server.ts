import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Answer, type Received, taken } from './answers.ts';

/** A server that answers as told. */
export interface HostileServer extends AsyncDisposable {
  /** To be the `baseUrl` of a client. */
  readonly url: string;
  /** Everything that arrived, oldest first, whatever the answer was. */
  readonly received: readonly Received[];
  /** The `event_id` of each record that arrived, once, in the order of their first arrival. */
  readonly eventIds: () => ReadonlySet<string>;
  /** Answers in other ways from the next request on: the first of these to the next, and so on. */
  readonly change: (...answers: readonly [Answer, ...Answer[]]) => void;
  /** Ends it, and every connection to it. `await using` does the same. */
  readonly close: () => Promise<void>;
}

const eventIdOf = ({ body }: Received): string | undefined => {
  try {
    const { payload } = JSON.parse(body) as { readonly payload?: { readonly event_id?: unknown } };
    return typeof payload?.event_id === 'string' ? payload.event_id : undefined;
  } catch {
    return undefined;
  }
};

/**
 * Starts a server that misbehaves as told, on 127.0.0.1 and a free port. The first request gets the
 * first answer, the second the second, and so on; later ones get the last.
 *
 * ```ts
 * await using server = await hostileServer(answers.status(503), answers.hang, answers.taken);
 * const reo = createReoClient({ apiKey: 'test', baseUrl: server.url });
 * ```
 *
 * @param answers default: `answers.taken`, as Reo.Dev answers
 */
export const hostileServer = async (...answers: readonly Answer[]): Promise<HostileServer> => {
  const received: Received[] = [];
  let current = answers.length > 0 ? answers : [taken];
  let answered = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    // A client that goes away is part of the game.
    request.on('error', () => {});
    response.on('error', () => {});
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const arrived = { method, url, headers, body: Buffer.concat(chunks).toString() };
      const answer = current[Math.min(answered, current.length - 1)] as Answer;
      answered += 1;
      received.push(arrived);
      answer(response, arrived);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;

  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    eventIds: () => new Set(received.flatMap((one) => eventIdOf(one) ?? [])),
    change: (...next) => {
      current = next;
      answered = 0;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
};
