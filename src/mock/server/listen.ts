import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { apiOf, failure } from '../contract/failures.ts';
import { pathOf } from '../contract/request.ts';
import { isControl } from '../control/index.ts';
import { written } from '../answer.ts';
import type { Engine } from '../engine.ts';
import { printable, type Incoming, type Problem } from '../exchange.ts';
import type { Report } from '../report.ts';
import { textOf } from './bytes.ts';
import { callerOf } from './caller.ts';
import { corsHeaders, preflight } from './cors.ts';
import { deliver } from './deliver.ts';
import { checkAccess, foreignProblem, type Access } from './hosts.ts';

/** The front: the only part of the emulator that knows of sockets. */
export interface Server {
  readonly port: number;
  /** Without a slash at the end. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** A snapshot may hold 200,000 usage records. */
const MAX_CONTROL_BODY_BYTES = 256 * 1024 * 1024;

/** Starts to listen; rejects with a sentence for people if it cannot. */
export async function listen(
  engine: Engine,
  port: number,
  access: Access,
  report: (report: Report) => void,
): Promise<Server> {
  checkAccess(access);
  const server = http.createServer((request, response) => {
    // Whoever takes the reports may throw, which is no reason to end the process.
    serve(engine, access, request, response, report).catch(() => response.destroy());
  });
  const host = access.bound;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(explained(error, host, port)));
    server.listen(port, host, resolve);
  });
  const { address, port: found, family } = server.address() as AddressInfo;
  const wildcard = address === '0.0.0.0' || address === '::';
  const name = wildcard ? 'localhost' : family === 'IPv6' ? `[${address}]` : address;
  return {
    port: found,
    url: `http://${name}:${found}`,
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
  access: Access,
  request: http.IncomingMessage,
  response: http.ServerResponse,
  report: (report: Report) => void,
): Promise<void> {
  const head = headOf(request, response);
  const path = pathOf(head.target);
  const { origin } = request.headers;
  const foreign = foreignProblem(callerOf(request), access, isControl(path));
  if (foreign) {
    // A refused body is still read to its end and dropped: a connection that is cut while the
    // client sends shows it a reset instead of the answer.
    request.resume();
    report({
      kind: 'problem',
      text: `${head.method} ${printable(path)} refused: ${foreign.message}`,
    });
    return send(written(failure(apiOf(path), foreign.status, foreign.message)));
  }
  const asked = preflight(head, access);
  if (asked) {
    request.resume();
    return send(asked);
  }
  const max = isControl(path) ? MAX_CONTROL_BODY_BYTES : MAX_BODY_BYTES;
  const answer = await engine.handle(Object.assign(head, await readBody(request, max)));
  return send({ ...answer, headers: { ...answer.headers, ...corsHeaders(origin, access) } });

  async function send(answer: Awaited<ReturnType<Engine['handle']>>): Promise<void> {
    const done = (): void => answer.after?.();
    // What follows an answer does not depend on a reader who is gone already.
    if (response.destroyed) return done();
    response.once('close', done);
    try {
      await deliver(answer, response);
    } catch (error) {
      // Such as a header that a fault wants and HTTP does not.
      report({
        kind: 'problem',
        text: `${head.method} ${printable(path)}: ${(error as Error).message}`,
      });
      response.destroy();
    }
  }
}

function headOf(request: http.IncomingMessage, response: http.ServerResponse): Incoming {
  let controller: AbortController | undefined;
  return {
    method: request.method ?? 'GET',
    target: request.url ?? '/',
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    ),
    body: '',
    // Made when it is asked for: hardly any request needs one.
    get signal(): AbortSignal {
      if (!controller) {
        const made = new AbortController();
        controller = made;
        if (response.destroyed) made.abort();
        else response.once('close', () => made.abort());
      }
      return controller.signal;
    },
  };
}

function readBody(
  request: http.IncomingMessage,
  max: number,
): Promise<{ readonly body: string; readonly problem?: Problem }> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const fail = (status: number, message: string): void => {
      resolve({ body: '', problem: { status, message } });
    };
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= max) chunks.push(chunk);
    });
    request.on('error', () => fail(400, 'The body ended before its end'));
    request.on('end', () => {
      if (size > max) fail(413, `The body is larger than ${max} bytes`);
      else resolve({ body: textOf(Buffer.concat(chunks)) });
    });
  });
}

function explained(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const next = port === 65_535 ? 0 : port + 1;
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `Port ${port} on ${host} is in use, perhaps by an emulator that runs already. Stop what uses it, or take another port (--port ${next}, or port: ${next} in code)`,
    EACCES: `Port ${port} may not be used without special rights. Take one above 1023`,
    EADDRNOTAVAIL: `This machine has no address ${host}`,
    ENOTFOUND: `This machine does not know the host ${host}`,
  };
  return new Error(reasons[error.code ?? ''] ?? error.message, { cause: error });
}
