import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Engine } from './engine.ts';
import { printable, type Answer, type Problem } from './exchange.ts';
import { apiOf, failure } from './failures.ts';
import type { Report } from './report.ts';
import { pathOf } from './request.ts';

/** The front: the only part of the emulator that knows of sockets. */
export interface Server {
  readonly port: number;
  /** Without a slash at the end. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** Starts to listen; rejects with a sentence for people if it cannot. */
export async function listen(
  engine: Engine,
  where: { readonly host: string; readonly port: number },
  report: (report: Report) => void,
): Promise<Server> {
  const server = http.createServer((request, response) => {
    void serve(engine, where.host, request, response, report);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(explained(error, where)));
    server.listen(where.port, where.host, resolve);
  });
  const { address, port, family } = server.address() as AddressInfo;
  const wildcard = address === '0.0.0.0' || address === '::';
  const name = wildcard ? 'localhost' : family === 'IPv6' ? `[${address}]` : address;
  return {
    port,
    url: `http://${name}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // Keep-alive connections would hold it open for as long as their clients like.
        server.closeAllConnections();
      }),
  };
}

async function serve(
  engine: Engine,
  host: string,
  request: http.IncomingMessage,
  response: http.ServerResponse,
  report: (report: Report) => void,
): Promise<void> {
  const begun = performance.now();
  const method = request.method ?? 'GET';
  const target = request.url ?? '/';
  const path = pathOf(target);
  const foreign = foreignProblem(request, host);
  // A refused body is still read to its end and dropped: a connection that is cut while the
  // client sends shows it a reset instead of the answer.
  if (foreign) request.resume();
  const answer = foreign
    ? plain(failure(apiOf(path), foreign.status, foreign.message))
    : await engine.handle({
        method,
        target,
        headers: Object.fromEntries(
          Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
        ),
        ...(await readBody(request)),
      });

  const done = (): void => {
    answer.after?.();
    const ms = performance.now() - begun;
    report({ kind: 'request', method, path: printable(path), status: answer.status, ms });
  };
  // What follows an answer does not depend on a reader who is gone already.
  if (response.destroyed) return done();
  response.on('close', done);
  response.writeHead(answer.status, {
    ...answer.headers,
    'content-length': Buffer.byteLength(answer.body),
  });
  response.end(answer.body);
}

function readBody(
  request: http.IncomingMessage,
): Promise<{ readonly body: string; readonly problem?: Problem }> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const fail = (status: number, message: string): void => {
      resolve({ body: '', problem: { status, message } });
    };
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_BODY_BYTES) chunks.push(chunk);
    });
    request.on('error', () => fail(400, 'The body ended before its end'));
    request.on('end', () => {
      if (size > MAX_BODY_BYTES) fail(413, `The body is larger than ${MAX_BODY_BYTES} bytes`);
      else resolve({ body: Buffer.concat(chunks).toString('utf8') });
    });
  });
}

/**
 * A page in a browser must not drive the emulator: neither one that has its own name resolve to
 * this machine (the Host header tells), nor one that sends requests across (the Origin does).
 */
function foreignProblem(request: http.IncomingMessage, bound: string): Problem | undefined {
  const { host = '', origin } = request.headers;
  const name = /^(\[[^\]]*\]|[^:]*)(:\d+)?$/.exec(host)?.[1]?.toLowerCase() ?? '';
  const own =
    /^(localhost|[\w.-]+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(name) ||
    // A numeric address cannot be made to point elsewhere, so the connection's own one is fine.
    [bound, request.socket.localAddress?.replace(/^::ffff:/, '')].some(
      (one) => name === one || name === `[${one}]`,
    );
  if (!own) {
    return { status: 403, message: `The emulator does not answer to the host ${printable(name)}` };
  }
  if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) {
    return { status: 403, message: 'The emulator does not answer to pages of other origins' };
  }
  return undefined;
}

const plain = ({ status, body }: { status: number; body: unknown }): Answer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

function explained(
  error: NodeJS.ErrnoException,
  { host, port }: { readonly host: string; readonly port: number },
): Error {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `Port ${port} on ${host} is in use. Stop what uses it, or take another port`,
    EACCES: `Port ${port} may not be used without special rights. Take one above 1023`,
    EADDRNOTAVAIL: `This machine has no address ${host}`,
    ENOTFOUND: `This machine does not know the host ${host}`,
  };
  return new Error(reasons[error.code ?? ''] ?? error.message, { cause: error });
}
