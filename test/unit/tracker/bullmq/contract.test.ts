import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeEach, describe, test } from 'vitest';
import { outboxContract } from '../../../../src/testing/outbox-contract.ts';
import { type BullmqOutbox, bullmqOutbox } from '../../../../src/tracker/bullmq/index.ts';
import { needsRedis, type RedisServer, startRedis } from '../../../support/redis.ts';

/** A way to Redis that can be cut, so that an outbox is left as a killed process leaves it. */
const wayTo = async (port: number) => {
  const sockets = new Set<Socket>();
  const server: Server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => [near, far].forEach((one) => one.destroy()));
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as { port: number }).port,
    cut: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
};

describe('the outbox contract, on a real server', { timeout: 30_000 }, () => {
  let redis: RedisServer | undefined;
  let queues = 0;
  beforeEach(needsRedis);
  beforeEach(async () => {
    // One for all, started by the first that is not skipped.
    redis ??= await startRedis();
  });
  afterAll(() => redis?.end());

  const open = async () => {
    const queue = `contract-${(queues += 1)}`;
    const ends: (() => unknown)[] = [];
    const make = async () => {
      const way = await wayTo(redis?.port ?? 0);
      const outbox: BullmqOutbox = bullmqOutbox({
        connection: { host: '127.0.0.1', port: way.port },
        queue,
        takeOver: 1_000,
        warn: () => {},
      });
      ends.push(way.cut, outbox.close);
      await outbox.ready();
      return { outbox, crash: async () => way.cut() };
    };
    let current = await make();
    return {
      outbox: current.outbox,
      reopen: async () => {
        current = await make();
        return current.outbox;
      },
      crash: () => current.crash(),
      end: async () => {
        for (const end of ends) await end();
      },
    };
  };

  for (const { name, run } of outboxContract(open, { lacks: ['windows'] })) test(name, run);
});
