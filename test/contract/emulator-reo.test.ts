import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  DOMAIN_COUNT,
  EVENT,
  REO,
  startTested,
  USER_COUNT,
  type TestedMock,
} from '../unit/mock/support.ts';

let mock: TestedMock;
beforeAll(async () => {
  mock = await startTested();
});
afterAll(() => mock.close());

const EVENTS = 'POST /api/product/usage';
const COUNTS = 'POST /api/product/aggregateusage';
const failure = (response: unknown, response_code: unknown = 400) => ({
  response_code,
  response,
  status: 'failure',
});

describe('a right request', () => {
  it('is answered and remembered as the documents say', async () => {
    const before = mock.usage.events().length;
    const payload = { ...EVENT, event_id: 1_231_231_232, meta: { property1: 'value1' } };
    const answer = await mock.call(EVENTS, { headers: REO, json: { payload } });
    expect(answer).toMatchObject({
      status: 200,
      body: { response_code: '200', response: 'Data Uploaded', status: 'success' },
    });
    expect(mock.usage.events().slice(before)).toEqual([
      {
        receivedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        duplicate: false,
        dropped: false,
        payload,
      },
    ]);
  });

  it.each([USER_COUNT, DOMAIN_COUNT])('of mode $mode is counted', async (payload) => {
    const answer = await mock.call(COUNTS, { headers: REO, json: { payload } });
    expect(answer).toMatchObject({
      status: 200,
      body: { response_code: '200', response: 'Aggregated Data Uploaded', status: 'success' },
    });
    expect(mock.usage.counts().at(-1)?.payload).toEqual(payload);
  });

  it('adds to the totals that the state shows', async () => {
    await using own = await startTested();
    for (const count of [3, 4, 0]) {
      const payload = { ...DOMAIN_COUNT, count };
      await own.call(COUNTS, { headers: REO, json: { payload } });
    }
    for (const activity_type of ['a', 'b', 'a', '__proto__']) {
      const payload = { ...EVENT, activity_type };
      await own.call(EVENTS, { headers: REO, json: { payload } });
    }
    const { body } = await own.call('GET /__mock/state');
    expect(JSON.parse(JSON.stringify(body))).toMatchObject({
      usage: {
        events: { received: 4, latest: { length: 4 } },
        counts: { received: 3, totals: { DEMO_LOGIN: 7 } },
      },
    });
    expect(JSON.stringify(body)).toContain('"totals":{"a":2,"b":1,"__proto__":1}');
  });
});

describe('a wrong key', () => {
  it.each([
    ['is missing', {}],
    ['is empty', { 'X-API-KEY': '' }],
    ['is another', { 'X-API-KEY': 'test_reo_key2' }],
    ['comes as a bearer token', { Authorization: 'Bearer test_reo_key' }],
  ])('that %s is refused as the documents say', async (_what, headers) => {
    for (const [what, payload] of [
      [EVENTS, EVENT],
      [COUNTS, USER_COUNT],
    ] as const) {
      const before = [...mock.usage.events(), ...mock.usage.counts()].length;
      const answer = await mock.call(what, { headers, json: { payload } });
      expect(answer).toMatchObject({ status: 400, body: failure('Authentication Failure') });
      expect([...mock.usage.events(), ...mock.usage.counts()]).toHaveLength(before);
    }
  });

  it('is refused before anybody looks at the body', async () => {
    for (const text of ['{', '{"payload":{}}', '']) {
      const answer = await mock.call(EVENTS, { text });
      expect(answer).toMatchObject({ status: 400, body: failure('Authentication Failure') });
    }
  });
});

describe('an invalid mode', () => {
  const refused = failure('Invalid mode. Supported modes: DOMAIN, USER');
  const { mode: _mode, ...modeless } = USER_COUNT;

  it.each([
    { ...USER_COUNT, mode: 'COMPANY' },
    { ...USER_COUNT, mode: 'user' },
    { ...USER_COUNT, mode: null },
    { ...DOMAIN_COUNT, mode: ['DOMAIN'] },
    modeless,
  ])('$mode is refused as the documents say', async (payload) => {
    const answer = await mock.call(COUNTS, { headers: REO, json: { payload } });
    expect(answer).toMatchObject({ status: 400, body: refused });
  });

  it('is nothing to a single event', async () => {
    const payload = { ...EVENT, mode: 'COMPANY' };
    expect(await mock.call(EVENTS, { headers: REO, json: { payload } })).toMatchObject({
      status: 200,
    });
  });
});

describe('an invalid body', () => {
  const without = (record: object, field: string): object =>
    Object.fromEntries(Object.entries(record).filter(([name]) => name !== field));

  it.each(Object.keys(EVENT))('of an event without %s names the field', async (field) => {
    const json = { payload: without(EVENT, field) };
    const answer = await mock.call(EVENTS, { headers: REO, json });
    expect(answer).toMatchObject({ status: 400, body: failure(`payload.${field} is required`) });
  });

  // The other mode would ask for a domain, and that must not be mentioned.
  it.each(['user_id', 'user_id_type', 'count', 'event_at'])(
    'of a count by user without %s names that field alone',
    async (field) => {
      const json = { payload: without(USER_COUNT, field) };
      const answer = await mock.call(COUNTS, { headers: REO, json });
      expect(answer).toMatchObject({ status: 400, body: failure(`payload.${field} is required`) });
    },
  );

  it('of a count by domain without domain names that field alone', async () => {
    const json = { payload: without(DOMAIN_COUNT, 'domain') };
    expect(await mock.call(COUNTS, { headers: REO, json })).toMatchObject({
      status: 400,
      body: failure('payload.domain is required'),
    });
  });

  it.each([
    ['milliseconds', { event_at: 1_735_689_600_000 }, /^payload\.event_at must be UNIX seconds/],
    ['a text for a time', { event_at: 'now' }, 'payload.event_at must be integer'],
    [
      'an unknown user_id_type',
      { user_id_type: 'PHONE' },
      /^payload\.user_id_type must be equal to/,
    ],
    ['a list as meta', { meta: [] }, 'payload.meta must be object'],
    ['an empty activity', { activity_type: '' }, 'payload.activity_type must not be empty'],
    ['two mistakes', { meta: 1, event_at: 0 }, /payload\.event_at .*; payload\.meta/],
  ])('with %s says so', async (_what, changes, response) => {
    const json = { payload: { ...EVENT, ...changes } };
    const answer = await mock.call(EVENTS, { headers: REO, json });
    const text = typeof response === 'string' ? response : expect.stringMatching(response);
    expect(answer).toMatchObject({ status: 400, body: failure(text) });
  });

  it.each([
    ['an empty body', '', 'body is required'],
    ['null', 'null', 'body must be object'],
    ['a list', '[]', 'body must be object'],
    ['no payload', '{}', 'payload is required'],
    ['a text as payload', '{"payload":"x"}', 'payload must be object'],
    ['malformed JSON', '{"payload":{', /^The body is not valid JSON: /],
    ['a line break inside a text', '{"a":"\n"}', /^The body is not valid JSON: /],
  ])('which is %s says so', async (_what, text, response) => {
    const answer = await mock.call(EVENTS, { headers: REO, text });
    const sentence = typeof response === 'string' ? response : expect.stringMatching(response);
    expect(answer).toMatchObject({ status: 400, body: failure(sentence) });
  });

  it('of another type is not read', async () => {
    const headers = { ...REO, 'Content-Type': 'application/x-www-form-urlencoded' };
    const answer = await mock.call(EVENTS, { headers, json: { payload: EVENT } });
    expect(answer).toMatchObject({
      status: 415,
      body: failure('The Content-Type has to be application/json', 415),
    });
  });
});

describe('another route', () => {
  it('of Reo is answered in its shape', async () => {
    expect(await mock.call('GET /api/product/usage')).toMatchObject({
      status: 405,
      body: failure('GET is not allowed here, only POST', 405),
    });
    expect((await mock.call('GET /api/product/usage')).headers.get('allow')).toBe('POST');
    for (const path of ['/api/product', '/api/product/usages', '/product/usage']) {
      expect(await mock.call(`POST ${path}`, { headers: REO })).toMatchObject({
        status: 404,
        body: failure(`There is nothing at ${path}`, 404),
      });
    }
  });
});
