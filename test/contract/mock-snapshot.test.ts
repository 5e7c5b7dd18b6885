import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startMockServer, type MockServer, type Snapshot } from '../../src/mock/index.ts';
import {
  CUSTOMER,
  DOMAIN_COUNT,
  EVENT,
  GET_DATA,
  MERCHANT,
  REO,
  startTested,
  type TestedMock,
} from '../unit/mock/support.ts';
import { control } from './answers.ts';

/** Does something of everything, and returns the token of a new customer. */
async function use(mock: TestedMock): Promise<string> {
  await mock.call('POST /api/product/usage', {
    headers: REO,
    json: { payload: { ...EVENT, event_id: 'e1' } },
  });
  await mock.call('POST /api/product/aggregateusage', {
    headers: REO,
    json: { payload: DOMAIN_COUNT },
  });
  const made = await mock.call('POST /customers', { headers: MERCHANT, json: { name: 'Ann' } });
  const { api_token } = (made.body as { customer: { api_token: string } }).customer;
  const headers = { ...MERCHANT, 'x-customer-token': api_token };
  const opened = await mock.call('POST /customer-integrations/session', { headers, json: {} });
  const { session_uuid } = (opened.body as { integration_session: { session_uuid: string } })
    .integration_session;
  await control(mock, `POST /sessions/${session_uuid}`, { json: { slug: 'facebook_ads' } });
  mock.faults.add({ operation: 'getCustomer', probability: 0.5, status: 503, times: 9 });
  mock.settings.change({ envelope: true, activities: ['LOGIN_ACTIVITY', 'DEMO_LOGIN'] });
  mock.clock.advance('1d');
  return api_token;
}

/** What an emulator answers to a number of questions. */
async function answers(mock: TestedMock, token: string): Promise<unknown[]> {
  const headers = { ...MERCHANT, 'x-customer-token': token };
  const found: unknown[] = [];
  const ask = async (what: string, sent: object): Promise<void> => {
    const { status, body } = await mock.call(what, { headers, ...sent });
    found.push([what, status, body]);
  };
  await ask('GET /customers', {});
  await ask('GET /customers/settings', {});
  await ask('GET /customer-integrations', {});
  await ask('POST /metrics/get-data', { headers: CUSTOMER, json: GET_DATA });
  for (let n = 0; n < 12; n += 1) await ask('GET /customers/x', {});
  const sent = { headers: REO, json: { payload: { ...EVENT, event_id: 'e1' } } };
  await ask('POST /api/product/usage', sent);
  const { duplicate } = mock.usage.events().at(-1) ?? {};
  found.push(duplicate, mock.faults.list());
  const { body } = await control(mock, 'GET /usage');
  found.push(body);
  return found;
}

describe('a snapshot', () => {
  it('makes another emulator answer alike', async () => {
    await using first = await startTested();
    const token = await use(first);
    const { body } = await control(first, 'GET /snapshot?secrets=true');
    expect(body).toMatchObject({ offset: 86_400_000, settings: { envelope: true } });
    await using second = await startTested();
    expect((await control(second, 'PUT /snapshot', { json: body })).status).toBe(204);
    expect(second.snapshot({ secrets: true })).toEqual(body);
    const expected = await answers(first, token);
    expect(await answers(second, token)).toEqual(expected);
    // Ids and tokens go on from where they were.
    const names = (mock: TestedMock): Promise<unknown> =>
      mock
        .call('POST /customers', { headers: MERCHANT, json: { name: 'Bob' } })
        .then(({ body }) => {
          const { uuid, api_token } = (body as { customer: Record<string, string> }).customer;
          return [uuid, api_token];
        });
    expect(await names(second)).toEqual(await names(first));
  });

  it('holds no tokens unless they are asked for', async () => {
    await using first = await startTested();
    const token = await use(first);
    for (const query of ['', '?secrets=false', '?secrets=']) {
      const { body } = await control(first, `GET /snapshot${query}`);
      const text = JSON.stringify(body);
      for (const secret of [token, 'test_customer_token', 'test_reo_key', 'test_reportei_token'])
        expect(text).not.toContain(secret);
    }
    expect(JSON.stringify(first.snapshot())).not.toContain(token);

    // Here its customers keep their tokens; elsewhere nothing opens the one that is new there.
    const snapshot = first.snapshot();
    const settings = async (mock: TestedMock, customer: string): Promise<number> =>
      (
        await mock.call('GET /customers/settings', {
          headers: { ...MERCHANT, 'x-customer-token': customer },
        })
      ).status;
    first.restore(snapshot);
    expect(await settings(first, token)).toBe(200);
    await using second = await startTested();
    second.restore(snapshot);
    expect(await settings(second, 'test_customer_token')).toBe(200);
    for (const guess of [token, '', '[redacted]']) expect(await settings(second, guess)).toBe(401);
  });

  it('is not changed by what comes after it', async () => {
    await using mock = await startTested();
    await use(mock);
    const snapshot = mock.snapshot({ secrets: true });
    const before = JSON.stringify(snapshot);
    mock.restore(snapshot);
    mock.reset();
    expect(JSON.stringify(snapshot)).toBe(before);
    mock.restore(snapshot);
    expect(JSON.stringify(mock.snapshot({ secrets: true }))).toBe(before);
  });

  it('leaves requests and webhooks as they are', async () => {
    await using mock = await startTested();
    const snapshot = mock.snapshot();
    await use(mock);
    const requests = mock.requests.list();
    mock.restore(snapshot);
    expect(mock.requests.list()).toEqual(requests);
  });
});

/** A snapshot with something wrong in it. */
type Damage = (snapshot: Record<string, any>) => unknown; // oxlint-disable-line no-explicit-any -- it is damaged on purpose

const DAMAGES: readonly [string, Damage][] = [
  ['nothing', () => undefined],
  ['null', () => null],
  ['a list', () => []],
  ['another version', (one) => ({ ...one, version: 2 })],
  ['a field too many', (one) => ({ ...one, more: 1 })],
  ['no settings', ({ settings: _gone, ...rest }) => rest],
  ['half of the settings', (one) => ({ ...one, settings: { strict: true } })],
  ['an unknown setting', (one) => ({ ...one, settings: { ...one['settings'], x: 1 } })],
  ['an offset beyond the calendar', (one) => ({ ...one, offset: 9e15 })],
  ['an offset in words', (one) => ({ ...one, offset: '1d' })],
  ['a fault without id', (one) => ({ ...one, faults: [{ enabled: true, used: 0, seen: 0 }] })],
  [
    'a fault of an unknown operation',
    (one) => ({
      ...one,
      faults: [{ id: 'f1', enabled: true, used: 0, seen: 0, operation: 'nope' }],
    }),
  ],
  [
    'a fault with a header that cannot be sent',
    (one) => ({
      ...one,
      faults: [{ id: 'f1', enabled: true, used: 0, seen: 0, headers: { a: '\n' } }],
    }),
  ],
  ['an empty state', (one) => ({ ...one, state: {} })],
  ...(['customers', 'integrations', 'sessions', 'events', 'counts'] as const).flatMap(
    (name): [string, Damage][] => [
      [`${name} that are no list`, (one) => ({ ...one, state: { ...one['state'], [name]: {} } })],
      [`${name} that are null`, (one) => ({ ...one, state: { ...one['state'], [name]: [null] } })],
      [`${name} without fields`, (one) => ({ ...one, state: { ...one['state'], [name]: [{}] } })],
    ],
  ),
  ...(
    [
      ['customers', { is_paying: 'yes' }],
      ['customers', { uuid: 'no uuid' }],
      ['customers', { api_token: 7 }],
      ['customers', { trial_ends_at: 'some day' }],
      ['customers', { created_at: null }],
      ['customers', { extra: 1 }],
      ['integrations', { network: { name: 'x' } }],
      ['integrations', { status: 1 }],
      ['integrations', { customer_uuid: null }],
      ['sessions', { expires_at: 0 }],
      ['sessions', { redirect_url: {} }],
      ['events', { payload: {} }],
      ['events', { payload: { ...EVENT, event_at: 'now' } }],
      ['events', { payload: { ...EVENT, activity_type: 1 } }],
      ['events', { payload: { ...EVENT, user_id: 1 } }],
      ['counts', { payload: EVENT }],
      ['counts', { payload: { ...DOMAIN_COUNT, count: '3' } }],
      ['counts', { duplicate: 'no' }],
    ] as const
  ).map(([name, changes]): [string, Damage] => [
    `one of the ${name} with ${JSON.stringify(changes)}`,
    (one) => {
      const list = one['state'][name] as object[];
      const state = { ...one['state'], [name]: [...list, { ...list[0], ...changes }] };
      return { ...one, state };
    },
  ]),
];

describe('what is no snapshot', () => {
  let mock: TestedMock;
  beforeAll(async () => {
    mock = await startTested();
    await use(mock);
  });
  afterAll(() => mock.close());

  it.each(DAMAGES)('is refused, and nothing is changed: %s', async (_what, damage) => {
    const before = mock.snapshot({ secrets: true });
    // All of it would show, had it been taken over.
    const other = structuredClone({
      ...before,
      offset: before.offset + 1_000,
      settings: { ...before.settings, strict: true },
      faults: [{ id: 'f9', enabled: true, used: 0, seen: 0 }],
      state: { ...before.state, made: 99 },
    });
    const json = damage(other);
    const text = json === undefined ? '' : JSON.stringify(json);
    const answer = await control(mock, 'PUT /snapshot', { text });
    expect(answer).toMatchObject({ status: 422, body: { message: expect.stringMatching(/\w/) } });
    expect(() => mock.restore(json as Snapshot)).toThrow(/\w/);
    expect(mock.snapshot({ secrets: true })).toEqual(before);
  });
});

describe('a state file', () => {
  const dir = mkdtempSync(join(tmpdir(), 'tallywire-state-'));
  afterAll(() => rmSync(dir, { recursive: true }));
  let count = 0;
  const newFile = (): string => join(dir, `state-${(count += 1)}.json`);
  const read = (file: string): Snapshot => JSON.parse(readFileSync(file, 'utf8')) as Snapshot;

  it('outlives the process, and is for its owner alone', async () => {
    const stateFile = newFile();
    const first = await startTested({ stateFile });
    expect(read(stateFile)).toMatchObject({ version: 1, state: { events: [] } });
    const token = await use(first);
    const before = first.snapshot({ secrets: true });
    await first.close();
    expect(statSync(stateFile).mode & 0o777).toBe(0o600);
    expect(read(stateFile)).toEqual(before);

    await using second = await startTested({ stateFile });
    expect(second.snapshot({ secrets: true })).toEqual(before);
    const headers = { ...MERCHANT, 'x-customer-token': token };
    expect((await second.call('GET /customers/settings', { headers })).status).toBe(200);
    await second.close();
    expect(readdirSync(dir).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('is written within about a second of a change, of any kind', async () => {
    const stateFile = newFile();
    await using mock = await startTested({ stateFile });
    const changes: [() => unknown, (saved: Snapshot) => boolean][] = [
      [() => mock.settings.change({ strict: true }), ({ settings }) => settings.strict ?? false],
      [() => mock.clock.advance('1h'), ({ offset }) => offset === 3_600_000],
      [() => mock.faults.add({ status: 503 }), ({ faults }) => faults.length === 1],
      [
        () => mock.integrations.setStatus(GET_DATA.customer_integration, 'expired'),
        ({ state }) => state.integrations.some(({ status }) => status === 'expired'),
      ],
    ];
    for (const [change, isSaved] of changes) {
      change();
      await expect.poll(() => isSaved(read(stateFile)), { timeout: 4_000 }).toBe(true);
    }
  });

  it('waits ten times as long as it took to write', async () => {
    const stateFile = newFile();
    let time = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (time += 300));
    await using mock = await startTested({ stateFile }).finally(() => clock.mockRestore());
    mock.settings.change({ strict: true });
    await pause(1_500);
    expect(read(stateFile).settings.strict).toBe(false);
    await expect.poll(() => read(stateFile).settings.strict, { timeout: 8_000 }).toBe(true);
  });

  it('is whole at every moment', async () => {
    const stateFile = newFile();
    await using mock = await startTested({ stateFile });
    const end = Date.now() + 2_500;
    let event = 0;
    while (Date.now() < end) {
      event += 1;
      const json = { payload: { ...EVENT, event_id: `e${event}`, user_agent: 'x'.repeat(5_000) } };
      await mock.call('POST /api/product/usage', { headers: REO, json });
      expect(read(stateFile).version).toBe(1);
    }
    await mock.close();
    expect(read(stateFile).state.events).toHaveLength(event);
  });

  it.each([
    ['no JSON', '{"version":1', /is no state of the emulator: it is not JSON$/],
    ['empty', '', /is no state of the emulator: it is not JSON$/],
    ['something else', '{"name":"x"}', /is no state of the emulator: .*version is required/],
    ['a list', '[]', /is no state of the emulator/],
    ['null', 'null', /is no state of the emulator/],
  ])('that is %s is not touched', async (_what, text, reason) => {
    const stateFile = newFile();
    writeFileSync(stateFile, text);
    await expect(startMockServer({ stateFile })).rejects.toThrow(reason);
    expect(readFileSync(stateFile, 'utf8')).toBe(text);
  });

  it('that is broken within is not touched either', async () => {
    const mock = await startMockServer({ listen: false });
    const snapshot = mock.snapshot();
    await mock.close();
    const broken = [
      { ...snapshot, offset: 9e15 },
      { ...snapshot, state: { ...snapshot.state, customers: [{ uuid: 'x' }] } },
      { ...snapshot, faults: [{ id: 'f1', enabled: true, used: 0, seen: 0, operation: 'nope' }] },
    ];
    for (const one of broken) {
      const stateFile = newFile();
      writeFileSync(stateFile, JSON.stringify(one));
      await expect(startMockServer({ stateFile })).rejects.toThrow(stateFile);
      expect(read(stateFile)).toEqual(one);
    }
  });

  it('that cannot be read says so', async () => {
    await expect(startMockServer({ stateFile: dir })).rejects.toThrow(
      `The state cannot be read from ${dir}: EISDIR`,
    );
  });

  it('that cannot be written says so at the start', async () => {
    const stateFile = join(dir, 'no', 'such', 'folder.json');
    await expect(startMockServer({ stateFile })).rejects.toThrow(
      `The state cannot be written to ${stateFile}: ENOENT`,
    );
  });

  it('is left alone by an emulator that cannot listen', async () => {
    const stateFile = join(dir, 'taken.json');
    await using first = await startTested({ stateFile });
    await first.call('POST /api/product/usage', { headers: REO, json: { payload: EVENT } });
    await expect
      .poll(() => readFileSync(stateFile, 'utf8'), { timeout: 4_000 })
      .toContain(EVENT.user_id);
    const before = statSync(stateFile).mtimeMs;
    await expect(startMockServer({ stateFile, port: first.port })).rejects.toThrow('is in use');
    expect(statSync(stateFile).mtimeMs).toBe(before);
  });

  it('gives way to the options of the start', async () => {
    const stateFile = join(dir, 'options.json');
    const before = await startTested({
      stateFile,
      settings: { envelope: true, numbersAsText: true },
      faults: [{ operation: 'getCustomer', status: 500 }],
    });
    await before.close();
    await using kept = await startTested({ stateFile });
    expect(kept.settings.get()).toMatchObject({ envelope: true, numbersAsText: true });
    expect(kept.faults.list()).toMatchObject([{ operation: 'getCustomer' }]);
    await using mock = await startTested({
      stateFile,
      settings: { envelope: false },
      faults: [{ operation: 'sendUsage', status: 503 }],
      keys: { customer: 'another_token' },
    });
    expect(mock.settings.get()).toMatchObject({ envelope: false, numbersAsText: true });
    expect(mock.faults.list()).toMatchObject([{ operation: 'sendUsage' }]);
    const headers = { ...MERCHANT, 'x-customer-token': 'another_token' };
    expect(await mock.call('GET /customers/settings', { headers })).toMatchObject({ status: 200 });
  });

  it('that cannot be written any more is reported, also to who hears of problems alone, and stops nothing', async () => {
    const folder = join(dir, 'gone');
    mkdirSync(folder);
    const stateFile = join(folder, 'state.json');
    let mock: MockServer | undefined = await startTested({ stateFile, logLevel: 'problems' });
    rmSync(folder, { recursive: true });
    const { lines, call } = mock as TestedMock;
    try {
      const text = `The state cannot be written to ${stateFile}: ENOENT`;
      await call('POST /api/product/usage', { headers: REO, json: { payload: EVENT } });
      await expect.poll(() => lines.join(), { timeout: 4_000 }).toContain(text);
      expect(mock.usage.events()).toHaveLength(1);
      expect(lines.filter((line) => !line.startsWith(text))).toEqual([]);
    } finally {
      await mock.close();
      mock = undefined;
    }
  });
});
