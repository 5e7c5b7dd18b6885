import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it arrived, with its whole body. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Answers one request in any way, or not at all. */
export type Behaviour = (response: ServerResponse, request: Received) => void;

export interface HostileServer extends AsyncDisposable {
  readonly url: string;
  /** Everything that arrived, oldest first. */
  readonly received: readonly Received[];
}

/**
 * A server that misbehaves as told: the nth request gets the nth behaviour, later ones the last.
 * On 127.0.0.1 and a free port.
 */
export const startHostileServer = async (
  ...behaviours: readonly [Behaviour, ...Behaviour[]]
): Promise<HostileServer> => {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => {});
    response.on('error', () => {});
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const arrived = { method, url, headers, body: Buffer.concat(chunks).toString() };
      const behave = behaviours[Math.min(received.length, behaviours.length - 1)] as Behaviour;
      received.push(arrived);
      behave(response, arrived);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
};

export const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Behaviour =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };

/** What Reo.Dev answers to a record that it takes. */
export const taken: Behaviour = json({
  response_code: '200',
  response: 'Data Uploaded',
  status: 'success',
});
