import { inspect } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  type CallbackError,
  type CallbackJob,
  createCallbacks,
  type Seen,
} from '../../../../src/reportei/callbacks/index.ts';
import { tokenOf } from '../../../support/callback-token.ts';
import { dashboard, options, post, secret, startJob, url } from '../../../support/callbacks.ts';

/** What the shared memory was asked, in order. */
const memory = () => {
  const marks = new Map<string, Date>();
  const asked: string[] = [];
  const seen: Seen = {
    claim: async (jobId, { expiresAt }) => {
      asked.push('claim');
      const isFirst = !marks.has(jobId);
      if (isFirst) marks.set(jobId, expiresAt);
      return isFirst;
    },
    release: async (jobId) => {
      asked.push('release');
      marks.delete(jobId);
    },
  };
  return { marks, asked, seen };
};

/** What the hooks were told. */
const listener = () => {
  const errors: (readonly [unknown, CallbackJob | undefined])[] = [];
  const rejected: CallbackError[] = [];
  const hooks = {
    onError: (error: unknown, job?: CallbackJob) => void errors.push([error, job]),
    onRejected: (error: CallbackError) => void rejected.push(error),
  };
  return { errors, rejected, hooks };
};

afterEach(() => {
  vi.restoreAllMocks();
});

describe('handler', () => {
  it('answers 200 once the work has ended', async () => {
    const { callbacks, webhook, request } = await startJob();
    const done: unknown[] = [];
    const answer = await callbacks.handler(async (delivery) => {
      await Promise.resolve();
      done.push(delivery.jobId);
    })(request());
    expect([answer.status, await answer.text(), done]).toEqual([200, '', [webhook.jobId]]);
  });

  it('answers 500 when it throws, and tells whom it concerns alone', async () => {
    const { errors, hooks } = listener();
    const { callbacks, webhook, request } = await startJob(
      createCallbacks({ ...options, ...hooks }),
    );
    const error = new Error('the database is down');
    const job = { jobId: webhook.jobId, set: 'dashboard', context: 'customer-17' };
    for (const run of [
      () => Promise.reject(error),
      () => {
        throw error;
      },
    ]) {
      const answer = await callbacks.handler(run)(request());
      expect([answer.status, await answer.text(), [...answer.headers]]).toEqual([500, '', []]);
    }
    expect(errors).toEqual([
      [error, job],
      [error, job],
    ]);
  });

  it('answers 500 also when it throws an error of ours', async () => {
    const { errors, rejected, hooks } = listener();
    const callbacks = createCallbacks({ ...options, ...hooks });
    const { request } = await startJob(callbacks);
    const handler = callbacks.handler(async () => {
      await callbacks.receive(post(url, {}));
    });
    expect((await handler(request())).status).toBe(500);
    expect([errors.length, rejected.length]).toEqual([1, 0]);
  });

  it('writes errors on the console where nobody listens, and nothing else', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { onError: _, ...silent } = options;
    const { callbacks, request } = await startJob(createCallbacks(silent));
    const error = new Error('no');
    await callbacks.handler(() => Promise.reject(error))(request());
    await callbacks.handler(() => {})(post(`${url}?t=abc`, {}));
    expect(log.mock.calls).toEqual([[error]]);
  });

  it('tells why it refused, without the token', async () => {
    const { rejected, errors, hooks } = listener();
    const callbacks = createCallbacks({ ...options, ...hooks, maxBodyBytes: 100 });
    const { webhook } = await startJob(callbacks);
    const handler = callbacks.handler(() => expect.fail('it ran'));
    const requests = [
      new Request(webhook.url),
      post(`${webhook.url}x`, {}),
      post(webhook.url, 'text', { 'content-type': 'text/plain' }),
      post(webhook.url, ' '.repeat(101)),
      post(webhook.url, '{'),
      post(webhook.url, { other: 1 }),
    ];
    for (const request of requests) await handler(request);
    expect(rejected.map(({ status, message }) => [status, message])).toEqual([
      [405, 'the request is not a POST'],
      [404, 'the URL has no token of ours'],
      [415, 'the body is not JSON by its type'],
      [413, 'the body is longer than 100 bytes'],
      [400, 'the body is not JSON, or not all of it'],
      [404, 'the body has no metric that the job asked for'],
    ]);
    const shown = inspect(rejected, { depth: 9, showHidden: true });
    expect(shown).not.toContain(tokenOf(webhook.url).slice(0, 20));
    expect(shown).not.toContain(webhook.ids.replies);
    expect(errors).toEqual([]);
  });

  it('logs why a request was refused, unless told otherwise, and nothing of the token', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    const { callbacks, webhook } = await startJob(createCallbacks(options));
    await callbacks.handler(() => {})(post(`${webhook.url}x`, {}));
    expect(warn).toHaveBeenCalledOnce();
    expect(warn.mock.calls[0]).toEqual([expect.any(String)]);
    expect(String(warn.mock.calls[0])).not.toContain(new URL(webhook.url).search.slice(3, 20));
  });

  it('does not mind hooks that fail', async () => {
    const fail = (): never => {
      throw new Error('hook');
    };
    const reject = async (): Promise<never> => fail();
    for (const hook of [fail, reject]) {
      const hooks = { onError: hook, onRejected: hook };
      const { callbacks, request } = await startJob(createCallbacks({ ...options, ...hooks }));
      expect((await callbacks.handler(fail)(request())).status).toBe(500);
      expect((await callbacks.handler(fail)(post(url, {}))).status).toBe(404);
    }
  });

  it('says 500, and why, when somebody has read the body before', async () => {
    const { errors, hooks } = listener();
    const { callbacks, request } = await startJob(createCallbacks({ ...options, ...hooks }));
    const used = request();
    await used.text();
    expect((await callbacks.handler(() => {})(used)).status).toBe(500);
    expect(errors).toEqual([[expect.objectContaining({ code: 'config' }), undefined]]);
  });

  it('lets duplicates through without a memory', async () => {
    const { callbacks, request } = await startJob();
    let runs = 0;
    const handler = callbacks.handler(() => (runs += 1));
    for (let i = 0; i < 3; i += 1) expect((await handler(request())).status).toBe(200);
    expect(runs).toBe(3);
  });
});

describe('seen', () => {
  const start = async (seen: Seen) => {
    const told = listener();
    const job = await startJob(createCallbacks({ ...options, ...told.hooks, seen }));
    return { ...job, ...told };
  };

  it('keeps duplicates away, at the same time too', async () => {
    const { marks, seen } = memory();
    const { callbacks, webhook, request } = await start(seen);
    let runs = 0;
    const handler = callbacks.handler(async () => {
      runs += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
    });
    const answers = await Promise.all([1, 2, 3].map(() => handler(request())));
    answers.push(await handler(request()));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(runs).toBe(1);
    expect([...marks]).toEqual([[webhook.jobId, webhook.expiresAt]]);
  });

  it('is released when the work fails, and the next delivery runs', async () => {
    const { asked, seen } = memory();
    const { callbacks, request, errors } = await start(seen);
    let runs = 0;
    const handler = callbacks.handler(() => {
      runs += 1;
      if (runs === 1) throw new Error('first');
    });
    const statuses = [];
    for (let i = 0; i < 3; i += 1) statuses.push((await handler(request())).status);
    expect(statuses).toEqual([500, 200, 200]);
    expect(runs).toBe(2);
    expect(asked).toEqual(['claim', 'release', 'claim', 'claim']);
    expect(errors).toHaveLength(1);
  });

  it('is not asked before the request was found good', async () => {
    const { asked, seen } = memory();
    const { callbacks, webhook } = await start(seen);
    const handler = callbacks.handler(() => expect.fail('it ran'));
    const requests = [
      new Request(webhook.url),
      post(`${webhook.url}x`, {}),
      post(webhook.url, 'text', { 'content-type': 'text/plain' }),
      post(webhook.url, '{'),
      post(webhook.url, {}),
      post(webhook.url, { [crypto.randomUUID()]: { values: 1 } }),
    ];
    for (const request of requests) expect((await handler(request)).ok).toBe(false);
    expect(asked).toEqual([]);
  });

  it('is not asked by receive', async () => {
    const { asked, seen } = memory();
    const { callbacks, request } = await start(seen);
    await callbacks.receive(request());
    expect(asked).toEqual([]);
  });

  it.each([
    ['throws', () => Promise.reject(new Error('no connection'))],
    // Taken for "no", this would lose every delivery.
    ['says nothing', () => undefined as unknown as boolean],
    ['says a text', () => 'OK' as unknown as boolean],
  ])('that %s answers 500, and nothing runs', async (_, claim) => {
    let released = 0;
    const seen: Seen = { claim, release: () => (released += 1) };
    const { callbacks, webhook, request, errors } = await start(seen);
    const answer = await callbacks.handler(() => expect.fail('it ran'))(request());
    expect(answer.status).toBe(500);
    expect(errors).toEqual([
      [expect.any(Error), expect.objectContaining({ jobId: webhook.jobId })],
    ]);
    expect(released).toBe(0);
  });

  it('that cannot release is told of, beside the error of the work', async () => {
    const [lost, work] = [new Error('lost'), new Error('work')];
    const seen: Seen = { claim: () => true, release: () => Promise.reject(lost) };
    const { callbacks, request, errors } = await start(seen);
    expect((await callbacks.handler(() => Promise.reject(work))(request())).status).toBe(500);
    expect(errors.map(([error]) => error)).toEqual([lost, work]);
  });
});

describe('what is shown', () => {
  it('of the receiver and of a failed preparation holds no secret', async () => {
    const callbacks = createCallbacks(options);
    await callbacks.prepare(dashboard);
    const error: unknown = await callbacks
      .prepare(dashboard, { context: 'private'.repeat(40) })
      .catch((error: unknown) => error);
    const shown = inspect([callbacks, error], { depth: 9, showHidden: true });
    expect(shown).not.toContain(secret);
    expect(shown).not.toContain('private');
    expect(JSON.stringify(callbacks)).toBe('{}');
  });
});
