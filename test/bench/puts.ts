/** How many records a second can be put where they outlive the process? */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { durable, redisPath, startRedis } from '../support/redis.ts';
import { startModule } from './processes.ts';
import { median, type Report } from './report.ts';

const ways = [
  { what: '64 waiting, one record each', waiting: 64, size: 1, budget: 40, stretch: 60 },
  { what: '1,000 at once', waiting: 1, size: 1_000, budget: 100, stretch: 150 },
] as const;

const measure = async (engine: string, where: string): Promise<readonly number[]> => {
  using peer = startModule('puts.mjs', [engine, where]);
  const rates = [];
  for (const { waiting, size } of ways) {
    await peer.ask({ waiting, size, ms: 1_000 });
    const rounds = [];
    for (let round = 0; round < 5; round += 1) {
      rounds.push(Number(await peer.ask({ waiting, size, ms: 1_000 })));
    }
    rates.push(median(rounds) / 1_000);
  }
  return rates;
};

export const durablePuts = async (): Promise<Report> => {
  const dir = await mkdtemp(join(tmpdir(), 'tallywire-bench-'));
  const lmdb = await measure('lmdb', dir);
  await rm(dir, { recursive: true });
  let bullmq: readonly number[] | undefined;
  if (redisPath !== undefined) {
    const redis = await startRedis(...durable);
    bullmq = await measure('bullmq', String(redis.port));
    await redis.end();
  }
  return {
    question: 'Thousands of records a second that are on the disk when put() resolves',
    rows: ways.map(({ what }, way) => ({
      puts: what,
      lmdb: lmdb[way] ?? 0,
      'bullmq, fsync always': bullmq?.[way] ?? 'no redis-server',
    })),
    verdicts: ways.map(({ what, budget, stretch }, way) => ({
      what: `lmdb, ${what}`,
      measured: lmdb[way] ?? 0,
      unit: 'k/s',
      budget,
      stretch,
      better: 'more',
    })),
  };
};
