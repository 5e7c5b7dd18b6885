/**
 * The site and an emulator on one origin, so that the console works at once. The emulator listens on a port
 * of its own, and what is not the site's is passed on to it as it came: it checks Host and Origin itself.
 */
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { startMockServer } from '../../src/mock/index.ts';
import { isLoopbackName } from '../../src/mock/loopback.ts';
import { answerFile, answerText } from './static-files.ts';

export interface ServeOptions {
  /** The site, built. */
  readonly folder: string;
  /** Default 0: a free one. */
  readonly port?: number;
  /** The path of the site. Default `/docs`. */
  readonly base?: string;
}

export interface Served extends AsyncDisposable {
  /** Without a slash at the end. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** The first parts of the emulator's own paths. */
const taken: ReadonlySet<string> = new Set([
  '__mock',
  'api',
  'customer-integrations',
  'customers',
  'merchants',
  'metrics',
]);

/**
 * `/docs/` → `/docs`.
 *
 * @throws Error with a sentence for people if the emulator has this path, or if it is none.
 */
export const checkedBase = (base: string): string => {
  const path = base.replace(/\/+$/, '');
  if (!/^(\/[\w.~-]+)+$/.test(path) || /\/\.{1,2}(\/|$)/.test(path)) {
    throw new Error(`The base ${JSON.stringify(base)} is not a path such as /docs`);
  }
  if (taken.has(path.split('/')[1] ?? '')) throw new Error(`The emulator answers below ${path}`);
  return path;
};

/** A page of another name must not read along, though it resolves to this machine. */
const isOwnName = (host = ''): boolean => isLoopbackName(host.toLowerCase().replace(/:\d+$/, ''));

const passOn = (
  request: http.IncomingMessage,
  response: http.ServerResponse,
  port: number,
): void => {
  const { method, url, rawHeaders } = request;
  const passed = http.request({
    host: '127.0.0.1',
    port,
    method,
    path: url,
    headers: rawHeaders,
    // The connection may be one that a fault cuts.
    agent: false,
  });
  const cut = (): void => {
    if (response.socket) response.socket.resetAndDestroy();
    else response.destroy();
  };
  passed.on('error', cut);
  passed.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    answer.on('error', cut);
    answer.pipe(response);
  });
  response.on('close', () => passed.destroy());
  request.pipe(passed);
};

/** Starts both; rejects with a sentence for people if it cannot. */
export const serveDocs = async (options: ServeOptions): Promise<Served> => {
  const { folder, port = 0 } = options;
  const base = checkedBase(options.base ?? '/docs');
  const mock = await startMockServer();

  const answer = async (
    request: http.IncomingMessage,
    response: http.ServerResponse,
  ): Promise<void> => {
    const path = (request.url ?? '/').replace(/[?#].*$/, '');
    if (path !== '/' && path !== base && !path.startsWith(`${base}/`)) {
      return passOn(request, response, mock.port);
    }
    request.resume();
    if (!isOwnName(request.headers.host)) return answerText(response, 403, 'Only for this machine');
    if (path === '/' || path === base) {
      return answerText(response, 307, 'The docs', { location: `${base}/` });
    }
    const inside = path.slice(base.length);
    if (inside === '/console/emulator-here.js' && request.method === 'GET') {
      const headers = { 'content-type': 'text/javascript', 'cache-control': 'no-cache' };
      return answerText(response, 200, 'window.tallywireEmulator = true;', headers);
    }
    return answerFile(request, response, folder, inside);
  };

  const server = http.createServer((request, response) => {
    // A reader who is gone is no reason to end.
    answer(request, response).catch(() => response.destroy());
  });
  const close = async (): Promise<void> => {
    await mock.close();
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  };
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
  } catch (error) {
    await mock.close();
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new Error(`Port ${port} is in use: stop what uses it, or take another by --port`, {
        cause: error,
      });
    }
    throw error;
  }
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, close, [Symbol.asyncDispose]: close };
};
