import { expect, test } from 'vitest';
import { createReoClient } from '../../../../src/reo/index.ts';
import {
  bullmqOutbox,
  createUsageWorker,
  usageQueue,
} from '../../../../src/tracker/bullmq/index.ts';
import { codeOf, isDenied, toOutboxError } from '../../../../src/tracker/bullmq/connect.ts';
import { readJob, toJob } from '../../../../src/tracker/bullmq/job.ts';
import { keysOf } from '../../../../src/tracker/bullmq/keys.ts';
import { limiterOf } from '../../../../src/tracker/bullmq/limiter.ts';
import { readServer, warningsOf } from '../../../../src/tracker/bullmq/server.ts';
import { createTelling } from '../../../../src/tracker/bullmq/telling.ts';

const connection = {};

test.each([
  [1, { max: 1, duration: 1_000 }],
  [10, { max: 1, duration: 100 }],
  [25, { max: 1, duration: 40 }],
  [30, { max: 1, duration: 34 }],
  [200, { max: 10, duration: 50 }],
  [0.5, { max: 1, duration: 2_000 }],
])('%d a second', (perSecond, limiter) => {
  expect(limiterOf(perSecond)).toEqual(limiter);
});

test('a limiter never lets more through than asked, and little less', () => {
  for (let perSecond = 0.1; perSecond <= 100_000; perSecond *= 1.07) {
    const { max, duration } = limiterOf(perSecond);
    const rate = (max * 1_000) / duration;
    expect(rate).toBeLessThanOrEqual(perSecond);
    expect(rate).toBeGreaterThan(0.95 * perSecond);
    expect(max).toBeLessThanOrEqual(Math.max(1, perSecond / 20));
  }
});

test.each([0, -1, NaN, Infinity, 1e9])('%d a second is no rate', (perSecond) => {
  expect(() => limiterOf(perSecond)).toThrow('rateLimit.perSecond');
});

test.each(['', 'a:b', 'ä', 'a b', 'x'.repeat(101), '{a}'])('%j is no name of a queue', (queue) => {
  expect(() => keysOf({ connection, queue })).toThrow('queue is not a name');
});

test('options that do not exist, or bound nothing, are refused', () => {
  const reo = createReoClient({ apiKey: 'k' });
  const options = (more: object) => ({ connection, queue: 'q', ...more });
  expect(() => createUsageWorker(reo, options({ ratelimit: {} }))).toThrow(
    'there is no option ratelimit: there are connection, queue, prefix, warn, rateLimit',
  );
  expect(() => createUsageWorker(reo, options({ concurrency: 0 }))).toThrow('concurrency must be');
  expect(() => createUsageWorker(reo, options({ maxDead: NaN }))).toThrow('maxDead must be');
  expect(() => bullmqOutbox(options({ hooks: {} }))).toThrow('there is no option hooks');
  expect(() => usageQueue(options({ rateLimit: {} }))).toThrow('there is no option rateLimit');
  expect(() => usageQueue({ connection } as never)).toThrow('queue is not a name');
});

test('keys are those of BullMQ', () => {
  expect(keysOf({ connection, queue: 'acme-prod' })).toMatchObject({
    prefix: 'tallywire',
    waiting: 'tallywire:acme-prod:wait',
    job: 'tallywire:acme-prod:',
  });
  expect(keysOf({ connection, queue: 'q', prefix: '{tw}' }).failed).toBe('{tw}:q:failed');
  expect(() => keysOf({ connection, queue: 'q', prefix: 'a:b' })).toThrow('prefix');
});

const record = {
  id: '6d5f8c1a-2a51-4a43-9b61-0d7ad1f5e6c2',
  kind: 'count',
  calls: 7,
  at: 1_704_067_200_000,
  payload: '{"count":7}',
} as const;

test('a job holds a record, and its id is no number', () => {
  const { data, opts } = toJob(record);
  expect(opts.jobId).toBe(`r-${record.id}`);
  expect(opts.removeOnFail).toBeUndefined();
  expect(readJob({ id: opts.jobId, data })).toEqual({ record, attempts: 0, triedAt: undefined });
});

test.each([
  [true, 1],
  [false, 0],
])('an attempt is one, however short it was (tried: %s)', (isTried, attempts) => {
  const telling = createTelling(undefined, () => ({}));
  telling.listener({
    is: 'settled',
    taken: { record, attempts: 0 },
    settlement: { to: 'retry', at: 0, counts: false },
    isTried,
    durationMs: 0,
    ambiguous: false,
  });
  expect(telling.counts()).toMatchObject({ attempts });
});

test.each([
  [null],
  ['text'],
  [{}],
  [{ ...toJob(record).data, v: 2 }],
  [{ ...toJob(record).data, payload: 7 }],
  [{ ...toJob(record).data, kind: 'other' }],
  [{ ...toJob(record).data, calls: '7' }],
  [{ ...toJob(record).data, at: null }],
])('a job that is none of ours: %j', (data) => {
  expect(readJob({ id: 'r-1', data })).toBeUndefined();
  expect(readJob({ id: '1', data: toJob(record).data })).toBeUndefined();
});

const secret = 'hunter2';
const reply = (message: string) =>
  Object.assign(new Error(message), {
    name: 'ReplyError',
    command: { name: 'auth', args: [secret] },
  });

test.each([
  [reply(`WRONGPASS invalid username-password pair`), 'WRONGPASS', true],
  [reply('NOAUTH Authentication required.'), 'NOAUTH', true],
  [reply(`ERR invalid password ${secret}`), 'ERR', true],
  [reply(`OOM command not allowed when used memory > 'maxmemory'.`), 'OOM', false],
  [Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), 'ECONNREFUSED', false],
  [new Error(`${secret} went wrong`), 'unknown', false],
  ['text', 'unknown', false],
])('errors of Redis are told by their code: %s', (error, code, denied) => {
  expect(codeOf(error)).toBe(code);
  expect(isDenied(error)).toBe(denied);
  const told = toOutboxError(error, 'it failed');
  expect(told.reason).toBe(code === 'OOM' ? 'full' : 'unusable');
  expect(JSON.stringify([told, told.message, String(told.stack), told.cause])).not.toContain(
    secret,
  );
});

const redis = (lines: string): string => `# Server\r\n${lines.split(' ').join('\r\n')}\r\n`;

test.each([
  ['redis_version:7.0.15 maxmemory_policy:noeviction aof_enabled:1', {}, []],
  ['redis_version:7.2.4 valkey_version:8.1.0 maxmemory_policy:noeviction aof_enabled:1', {}, []],
  ['redis_version:7.0.15 maxmemory_policy:allkeys-lru aof_enabled:1', {}, ['allkeys-lru']],
  ['redis_version:7.0.15 maxmemory_policy:noeviction aof_enabled:0', { save: '' }, ['nothing']],
  [
    'redis_version:7.0.15 maxmemory_policy:noeviction aof_enabled:0',
    { save: '3600 1' },
    ['snapshots'],
  ],
  ['redis_version:7.0.15 maxmemory_policy:noeviction aof_enabled:0', {}, ['snapshots']],
  ['redis_version:7.0.15', {}, ['does not say', 'does not say']],
  ['', { 'maxmemory-policy': 'noeviction', appendonly: 'yes' }, []],
  [
    '',
    { 'maxmemory-policy': 'volatile-ttl', appendonly: 'no', save: '' },
    ['volatile-ttl', 'nothing'],
  ],
])('what may lose records: %s %j', (info, config, expected) => {
  const warnings = warningsOf(readServer(redis(info), config));
  expect(warnings).toHaveLength(expected.length);
  expected.forEach((part, n) => expect(warnings[n]).toContain(part));
});

test.each([
  ['redis_version:7.0.15', { name: 'redis', version: '7.0.15' }],
  [
    'server_name:valkey redis_version:7.2.4 valkey_version:8.1.0',
    { name: 'valkey', version: '8.1.0' },
  ],
  ['', { name: 'redis', version: undefined }],
])('which server it is: %s', (info, expected) => {
  expect(readServer(redis(info))).toMatchObject(expected);
});
