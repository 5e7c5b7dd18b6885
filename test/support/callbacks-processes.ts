/**
 * Two processes that receive webhooks on one port and share nothing; run as a program. Prints its port,
 * and each delivery as a line of JSON. With a folder as argument, they share the memory there. A job
 * whose context is `fail once` fails the first time, in whichever process.
 */
import cluster from 'node:cluster';
import { closeSync, openSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  createCallbacks,
  type FetchHandler,
  type Seen,
  toNodeListener,
} from '../../src/reportei/callbacks/index.ts';
import { options } from './callbacks.ts';

const folder = process.argv[2];

/** Creates a file, which only one process can. */
const mark = (name: string): boolean => {
  try {
    closeSync(openSync(join(folder ?? '', name), 'wx'));
    return true;
  } catch {
    return false;
  }
};

const shared: Seen = {
  claim: (jobId) => mark(jobId),
  release: (jobId) => rmSync(join(folder ?? '', jobId)),
};

const receive = (): void => {
  let handler: FetchHandler = () => Promise.reject(new Error('not yet'));
  const server = createServer(toNodeListener((request) => handler(request)));
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    const callbacks = createCallbacks({
      ...options,
      url: `http://127.0.0.1:${port}/hooks/reportei`,
      ...(folder !== undefined && { seen: shared }),
      onError: () => {},
    });
    handler = callbacks.handler(({ jobId, context, outcomes }) => {
      if (context === 'fail once' && mark(`${jobId}-failed`)) throw new Error('the first time');
      console.log(JSON.stringify({ pid: process.pid, jobId, context, outcomes }));
    });
    process.send?.('ready');
  });
};

if (cluster.isPrimary) {
  cluster.schedulingPolicy = cluster.SCHED_RR;
  let ready = 0;
  let port = 0;
  cluster.on('listening', (_worker, address) => (port = address.port));
  cluster.on('message', () => {
    ready += 1;
    if (ready === 2) console.log(`port ${port}`);
  });
  for (const _ of [1, 2]) cluster.fork();
} else {
  receive();
}
