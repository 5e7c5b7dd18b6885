/** The webhook receiver behind the servers that people use, each on 127.0.0.1 and a free port. */
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import express from 'express';
import fastify, { type FastifyInstance } from 'fastify';
import { Hono } from 'hono';
import { type FetchHandler, toNodeListener } from '../../src/reportei/callbacks/index.ts';

export interface Receiver extends AsyncDisposable {
  readonly origin: string;
}

export const listen = async (listener: RequestListener): Promise<Receiver> => {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
};

const onFastify =
  (prepare: (app: FastifyInstance) => unknown) =>
  async (handler: FetchHandler): Promise<Receiver> => {
    const app = fastify({ forceCloseConnections: true });
    prepare(app);
    app.all('/hooks/reportei', toNodeListener(handler));
    const origin = await app.listen({ port: 0, host: '127.0.0.1' });
    return { origin, [Symbol.asyncDispose]: () => app.close() };
  };

type Start = (handler: FetchHandler) => Promise<Receiver>;

/** Servers that leave the body alone: a bad token is refused before it is read. */
export const plain: Readonly<Record<string, Start>> = {
  'node:http': (handler) => listen(toNodeListener(handler)),
  Express: (handler) => {
    const app = express();
    app.all('/hooks/reportei', toNodeListener(handler));
    return listen(app);
  },
  'Express, mounted elsewhere': (handler) => {
    const router = express.Router();
    router.all('/reportei', toNodeListener(handler));
    const app = express();
    app.use('/hooks', router);
    return listen(app);
  },
  // Express 4 does so to what its parsers have not read.
  'Express with an empty body set': (handler) => {
    const app = express();
    app.use((request, _response, next) => {
      request.body = {};
      next();
    });
    app.use(toNodeListener(handler));
    return listen(app);
  },
  'Fastify with a parser that leaves the body': onFastify((app) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  }),
  'Hono behind node:http': (handler) => {
    const app = new Hono();
    app.all('/hooks/reportei', (c) => handler(c.req.raw));
    return listen(toNodeListener(async (request) => app.fetch(request)));
  },
};

const behind =
  (...parsers: readonly express.RequestHandler[]): Start =>
  (handler) => {
    const app = express();
    for (const parser of parsers) app.use(parser);
    app.all('/hooks/reportei', toNodeListener(handler));
    return listen(app);
  };

/** Servers whose parsers have read the body before. */
export const parsing: Readonly<Record<string, Start>> = {
  'Express with express.json()': behind(express.json()),
  'Express with express.raw()': behind(express.raw({ type: () => true })),
  'Express with express.text()': behind(express.text({ type: () => true })),
  'Express with a raw body kept aside': behind(
    express.json({
      verify: (request, _response, bytes) => {
        (request as { rawBody?: Buffer }).rawBody = bytes;
      },
    }),
    // What became of it does not matter then.
    (request, _response, next) => {
      request.body = { replaced: true };
      next();
    },
  ),
  Fastify: onFastify(() => {}),
  'Fastify with bodies as text': onFastify((app) => {
    app.addContentTypeParser('application/json', { parseAs: 'string' }, (_r, body, done) =>
      done(null, body),
    );
  }),
  'Fastify with bodies as bytes': onFastify((app) => {
    app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_r, body, done) =>
      done(null, body),
    );
  }),
};

export const json = { 'content-type': 'application/json' };

export const send = (
  to: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = json,
): Promise<Response> => fetch(to, { method: 'POST', body, headers });

/** Where a webhook's URL leads to when a receiver listens here. */
export const at = ({ origin }: Receiver, url: string): string =>
  origin + url.slice(new URL(url).origin.length);

/** All that a server answers on a connection of its own, until `then` has ended. */
export const speak = async (
  { origin }: Receiver,
  start: string,
  then: (socket: Socket, text: () => string) => Promise<unknown>,
): Promise<string> => {
  const socket = connect(Number(new URL(origin).port), '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => (text += chunk));
  socket.on('error', () => {});
  socket.write(start.replaceAll('\n', '\r\n'));
  await then(socket, () => text);
  socket.destroy();
  return text;
};
