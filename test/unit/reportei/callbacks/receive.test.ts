import { describe, expect, it } from 'vitest';
import { createCallbacks } from '../../../../src/reportei/callbacks/index.ts';
import {
  bodyOf,
  dashboard,
  options,
  post,
  postStream,
  refusalOf,
  startJob,
  url,
  weekly,
} from '../../../support/callbacks.ts';

const json = { 'content-type': 'application/json' };

describe('receive', () => {
  it.each([
    ['bare', (body: object) => body],
    ['in data', (data: object) => ({ data })],
    [
      'with ids in capitals',
      (body: object) =>
        Object.fromEntries(Object.entries(body).map(([id, one]) => [id.toUpperCase(), one])),
    ],
  ])('reads metrics %s', async (_, wrap) => {
    const { callbacks, webhook, body } = await startJob();
    const sent = wrap(body);
    expect(await callbacks.receive(post(webhook.url, sent))).toEqual({
      set: 'dashboard',
      jobId: webhook.jobId,
      context: 'customer-17',
      expiresAt: webhook.expiresAt,
      body: sent,
      outcomes: {
        replies: { ok: true, component: 'number_v1', value: 12, comparison: null },
        gender: {
          ok: true,
          component: 'chart_v1',
          labels: ['F', 'M'],
          series: { followers: [3, 4] },
        },
      },
    });
  });

  it('tells of metrics that failed, are missing, or cannot be read', async () => {
    const { callbacks, webhook } = await startJob();
    const { replies } = webhook.ids;
    const failed = { [replies]: { type: 'expired_token', message: 'log in again' } };
    const { outcomes } = await callbacks.receive(post(webhook.url, failed));
    expect(outcomes).toEqual({
      replies: { ok: false, reason: 'expired_token', message: 'log in again' },
      gender: { ok: false, reason: 'missing', message: expect.any(String) },
    });
    const odd = await callbacks.receive(post(webhook.url, { [replies]: { values: {} } }));
    expect(odd.outcomes).toMatchObject({ replies: { ok: false, reason: 'decode' } });
  });

  it('tells sets and jobs apart', async () => {
    const callbacks = createCallbacks(options);
    const first = await callbacks.prepare(weekly);
    const second = await callbacks.prepare(weekly);
    expect(second.jobId).not.toBe(first.jobId);
    expect(second.ids.clicks).not.toBe(first.ids.clicks);
    const body = { [first.ids.clicks]: { values: [['Email', 2, 0.5]] } };
    const delivery = await callbacks.receive(post(first.url, body));
    expect(delivery).toMatchObject({ set: 'weekly', jobId: first.jobId, context: '' });
    if (delivery.set !== 'weekly') throw new Error(delivery.set);
    const { clicks } = delivery.outcomes;
    expect(clicks.ok && clicks.rows[0]?.ctr).toBe(0.5);
    expect((await refusalOf(callbacks.receive(post(second.url, body)))).status).toBe(404);
  });

  it.each(['', 'customer-17', 'Zoë & Söhne ✓ 😀', '\uFEFFwith a mark', 'a=1&b=?#%', '\0'])(
    'gives the context %j back',
    async (context) => {
      const { callbacks, request } = await startJob(undefined, context);
      expect((await callbacks.receive(request())).context).toBe(context);
    },
  );

  it('needs nothing but the same options', async () => {
    const { webhook, body } = await startJob();
    const elsewhere = createCallbacks({
      ...options,
      url: 'https://APP.example.com:443/hooks/reportei',
    });
    const delivery = await elsewhere.receive(post(webhook.url, body));
    expect(delivery.jobId).toBe(webhook.jobId);
  });

  it('does not mind through which host and path the request came, nor parameters of others', async () => {
    const { callbacks, webhook, body } = await startJob();
    const { search } = new URL(webhook.url);
    for (const to of [
      `http://10.0.0.7:8080/internal${search}`,
      `http://x/?from=proxy&${search.slice(1)}&y`,
    ]) {
      expect((await callbacks.receive(post(to, body))).jobId).toBe(webhook.jobId);
    }
  });

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON',
    'application/problem+json',
    undefined,
  ])('takes the type %s', async (type) => {
    const { callbacks, webhook, body } = await startJob();
    const bytes = new TextEncoder().encode(JSON.stringify(body));
    const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
    const request = new Request(webhook.url, { method: 'POST', headers, body: bytes });
    expect((await callbacks.receive(request)).jobId).toBe(webhook.jobId);
  });

  it.each(['text/plain', 'text/json', 'application/jsonp', 'multipart/form-data', ''])(
    'refuses the type %j with 415',
    async (type) => {
      const { callbacks, webhook, body } = await startJob();
      const request = post(webhook.url, body, { 'content-type': type });
      expect((await refusalOf(callbacks.receive(request))).status).toBe(415);
    },
  );

  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('refuses %s', async (method) => {
    const { callbacks, webhook } = await startJob();
    const good = new Request(webhook.url, { method });
    expect((await refusalOf(callbacks.receive(good))).status).toBe(405);
    const answer = await callbacks.handler(() => {})(new Request(webhook.url, { method }));
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it.each([
    ['nothing', ''],
    ['half of it', '{"a":{"val'],
    ['no JSON', 'values=12'],
    ['two documents', '{}{}'],
  ])('refuses %s with 400, and quotes none of it', async (_, text) => {
    const { callbacks, webhook } = await startJob();
    const error = await refusalOf(callbacks.receive(post(webhook.url, text)));
    expect(error.status).toBe(400);
    expect(error.cause).toBeUndefined();
    expect(error.message).not.toContain('val');
  });

  it('refuses half of a body at each place where it may break off', async () => {
    const { callbacks, webhook, body } = await startJob();
    const text = JSON.stringify({ data: body });
    for (let length = 0; length < text.length; length += 1) {
      const error = await refusalOf(callbacks.receive(post(webhook.url, text.slice(0, length))));
      expect(error.status).toBe(400);
    }
  });

  it('refuses a body that is not UTF-8, or breaks off on the way, with 400', async () => {
    const { callbacks, webhook } = await startJob();
    const latin = postStream(webhook.url, (controller) => {
      controller.enqueue(Uint8Array.of(0x22, 0xe9, 0x22));
      controller.close();
    });
    const broken = postStream(webhook.url, (controller) => controller.error(new Error('reset')));
    for (const request of [latin, broken]) {
      expect((await refusalOf(callbacks.receive(request))).status).toBe(400);
    }
  });

  it.each([
    ['an empty object', {}],
    ['an empty data', { data: {} }],
    ['a list', []],
    ['null', null],
    ['a text', '"text"'],
    ['a number', 7],
    ['data that is null', { data: null }],
    ['ids of others', { '6f2c6b1e-8f0a-4c57-9a53-0c8f8d1f3a10': { values: 1 } }],
    ['names for ids', { replies: { values: 1 }, gender: { labels: [], values: [] } }],
    ['a prototype', '{"__proto__":{"a":1},"constructor":{"b":2}}'],
    ['an error', { message: 'Server Error' }],
  ])('answers %s without a single id as a bad token', async (_, body) => {
    const { callbacks, webhook } = await startJob();
    const error = await refusalOf(callbacks.receive(post(webhook.url, body)));
    expect(error.status).toBe(404);
  });

  it('does not find ids deeper in the body, nor as values', async () => {
    const { callbacks, webhook } = await startJob();
    const { replies } = webhook.ids;
    for (const body of [
      { data: { data: { [replies]: {} } } },
      { id: replies },
      [replies],
      { metrics: { [replies]: {} } },
    ]) {
      expect((await refusalOf(callbacks.receive(post(webhook.url, body)))).status).toBe(404);
    }
  });

  it('refuses a body over the limit, said or not, without reading on', async () => {
    const { webhook, body } = await startJob();
    const exact = JSON.stringify(body);
    const small = createCallbacks({ ...options, maxBodyBytes: exact.length });
    expect((await small.receive(post(webhook.url, exact))).jobId).toBe(webhook.jobId);
    expect((await refusalOf(small.receive(post(webhook.url, `${exact} `)))).status).toBe(413);

    let pulls = 0;
    const endless = postStream(webhook.url, (controller) => {
      pulls += 1;
      controller.enqueue(new Uint8Array(50).fill(32));
    });
    expect((await refusalOf(small.receive(endless))).status).toBe(413);
    expect(pulls).toBe(Math.floor(exact.length / 50) + 1);

    // What a length says that is less than what comes changes nothing, nor one that is no number.
    for (const length of ['1', 'x', '-1']) {
      const lying = post(webhook.url, `${exact}  `, { ...json, 'content-length': length });
      expect((await refusalOf(small.receive(lying))).status).toBe(413);
    }
    const told = post(webhook.url, '{}', { ...json, 'content-length': '999999' });
    expect((await refusalOf(small.receive(told))).status).toBe(413);
    expect(told.bodyUsed).toBe(false);
  });

  it('checks the token before type and body, and reads nothing in vain', async () => {
    const { callbacks, webhook } = await startJob();
    let pulls = 0;
    const untouched = (to: string): Request => postStream(to, () => (pulls += 1));
    const forged = `${url}?t=${'A'.repeat(100)}`;
    for (const to of [forged, url, `${webhook.url}A`]) {
      expect((await refusalOf(callbacks.receive(untouched(to)))).status).toBe(404);
    }
    const typed = new Request(forged, { method: 'POST', body: 'text' });
    expect((await refusalOf(callbacks.receive(typed))).status).toBe(404);
    expect(pulls).toBe(0);
    const text = new Request(webhook.url, { method: 'POST', body: 'text' });
    expect((await refusalOf(callbacks.receive(text))).status).toBe(415);
    expect(text.bodyUsed).toBe(false);
  });

  it('says that somebody has read the body before', async () => {
    const { callbacks, request } = await startJob();
    const used = request();
    await used.text();
    await expect(callbacks.receive(used)).rejects.toMatchObject({ code: 'config' });
    const locked = request();
    locked.body?.getReader();
    await expect(callbacks.receive(locked)).rejects.toMatchObject({ code: 'config' });
  });
});

describe('the answer to a bad token', () => {
  it('is the same whatever is bad about it', async () => {
    const { webhook, callbacks, body } = await startJob();
    const handler = callbacks.handler(() => expect.fail('it ran'));
    const foreign = await createCallbacks({ ...options, secrets: ['X'.repeat(40)] }).prepare(
      dashboard,
    );
    const elsewhere = await createCallbacks({ ...options, url: 'https://b.io' }).prepare(dashboard);
    const requests = [
      post(url, body),
      post(`${url}?t=`, body),
      post(`${url}?t=${'A'.repeat(120)}`, body),
      post(`${webhook.url}=`, body),
      post(foreign.url, bodyOf(foreign.ids)),
      post(`${url}${new URL(elsewhere.url).search}`, bodyOf(elsewhere.ids)),
      post(webhook.url, {}),
      post(webhook.url, { [foreign.ids.replies]: { values: 1 } }),
    ];
    const seen = new Set<string>();
    for (const request of requests) {
      const answer = await handler(request);
      seen.add(
        JSON.stringify([
          answer.status,
          answer.statusText,
          [...answer.headers],
          await answer.text(),
        ]),
      );
    }
    expect([...seen]).toEqual([JSON.stringify([404, '', [], ''])]);
  });
});
