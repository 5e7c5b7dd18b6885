import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request, and how it was answered. */
export interface UsageCall {
  readonly id: string;
  readonly key: string;
  /** By `performance.now()`. */
  readonly at: number;
  readonly count: number;
}

type Answer = (response: ServerResponse, call: UsageCall) => void;

export const taken: Answer = (response) =>
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end('{"response_code":"200","response":"Data Uploaded","status":"success"}');

export const refused =
  (status: number, text: string, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify({ response_code: status, response: text, status: 'failure' }));

export interface UsageApi extends AsyncDisposable {
  readonly url: string;
  readonly calls: readonly UsageCall[];
  /** What every request gets from now on. */
  readonly answer: (answer: Answer) => void;
  /** How often each id came. */
  readonly times: () => ReadonlyMap<string, number>;
}

/** An API that takes everything until told otherwise, and remembers what came. */
export const startUsageApi = async (): Promise<UsageApi> => {
  const calls: UsageCall[] = [];
  let current = taken;
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('error', () => {});
    response.on('error', () => {});
    request.on('data', (text: string) => (body += text));
    request.on('end', () => {
      const { payload } = JSON.parse(body) as { payload: { event_id: string; count?: number } };
      const key = String(request.headers['x-api-key']);
      const call = {
        id: payload.event_id,
        key,
        at: performance.now(),
        count: payload.count ?? 1,
      };
      calls.push(call);
      current(response, call);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    answer: (answer) => (current = answer),
    times: () => {
      const times = new Map<string, number>();
      for (const { id } of calls) times.set(id, (times.get(id) ?? 0) + 1);
      return times;
    },
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
};
