import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type FaultRule, startMockServer } from '../../../src/mock/index.ts';
import {
  createReporteiClient,
  type Customer,
  type CreateCustomerOptions,
  type FetchLike,
  type SdkError,
} from '../../../src/reportei/index.ts';
import { failure } from '../../support/failure.ts';

const onEmulator = async (...faults: FaultRule[]) => {
  const mock = await startMockServer({ listen: false });
  for (const fault of faults) mock.faults.add(fault);
  const connect = createReporteiClient({
    token: mock.keys.merchant,
    baseUrl: mock.url,
    fetch: mock.fetch,
    maxRetryDelay: 5,
  });
  const names = async () => (await connect.customers.list().toArray()).map(({ name }) => name);
  const [first = ''] = await names();
  /** The names of those that were made. */
  const made = async () => (await names()).filter((name) => name !== first);
  return { mock, connect, made };
};

/** All that a log could hold of it. */
const printed = (error: SdkError): string =>
  [
    error.message,
    String(error.stack),
    String(error),
    JSON.stringify(error),
    JSON.stringify(Object.entries(error)),
    inspect(error, { depth: Infinity }),
    inspect({ error: [error] }, { depth: Infinity, getters: true }),
  ].join('\n');

const refuse = (): never => {
  throw new Error('the vault is sealed');
};

describe('customers.create', () => {
  it('waits until the token is stored, and answers without it', async () => {
    const { connect } = await onEmulator();
    const log: string[] = [];
    let stored: readonly [string, Customer] | undefined;
    const created = await connect.customers.create(
      { name: 'Ann' },
      {
        onToken: async (apiToken, customer) => {
          await new Promise((resolve) => setTimeout(resolve, 20));
          stored = [apiToken, customer];
          log.push('stored');
        },
      },
    );
    log.push('resolved');
    expect(log).toEqual(['stored', 'resolved']);
    const [token = '', customer] = stored ?? [];
    expect(token).not.toBe('');
    expect(created).toEqual(customer);
    expect(created.name).toBe('Ann');
    expect(inspect(created, { depth: Infinity, showHidden: true })).not.toContain(token);
    expect((await connect.customer(token).settings()).uuid).toBe(created.uuid);
  });

  it.each<[string, () => unknown]>([
    ['throws', refuse],
    ['rejects', () => Promise.reject(new Error('the vault is sealed'))],
    ['rejects with nothing', () => Promise.reject(undefined)],
  ])('deletes the customer again when onToken %s', async (_, fail) => {
    const { connect, made } = await onEmulator();
    let token = '';
    const onToken = (given: string) => {
      token = given;
      return fail();
    };
    const error = await failure(connect.customers.create({ name: 'Ann' }, { onToken }));
    expect(await made()).toEqual([]);
    expect(error).toMatchObject({
      code: 'config',
      message: 'onToken failed, the customer was deleted again',
      customerUuid: expect.stringMatching(/-/),
    });
    expect('apiToken' in error).toBe(false);
    expect(printed(error)).not.toContain(token);
  });

  it('keeps what onToken failed with as the cause', async () => {
    const { connect } = await onEmulator();
    const error = await failure(connect.customers.create({ name: 'Ann' }, { onToken: refuse }));
    expect(error.cause).toEqual(new Error('the vault is sealed'));
  });

  it.each<[string, FaultRule, string]>([
    ['is refused', { status: 500 }, 'answered 500 (1 attempt)'],
    ['is lost', { connection: 'reset' }, 'failed on the network'],
    ['is answered by no', { body: { success: false } }, 'refused in the body'],
    ['is limited again and again', { status: 429 }, 'answered 429 (4 attempts)'],
  ])('carries the token, out of sight, when the deletion %s', async (_, rule, reason) => {
    const { connect, made, mock } = await onEmulator({ operation: 'deleteCustomer', ...rule });
    let token = 'none';
    const onToken = (given: string): never => {
      token = given;
      return refuse();
    };
    const error = await failure(connect.customers.create({ name: 'Ann' }, { onToken }));
    expect(error).toMatchObject({
      code: 'config',
      message: expect.stringMatching(/^onToken failed, and the customer remains: .*apiToken/),
      customerUuid: expect.stringMatching(/-/),
    });
    expect(error.message).toContain(reason);
    expect(error.apiToken).toBe(token);
    expect(printed(error)).not.toContain(token);
    mock.faults.clear();
    expect(await made()).toEqual(['Ann']);
    expect((await connect.customer(error.apiToken ?? '').settings()).uuid).toBe(error.customerUuid);
  });

  it('awaits onToken to its end when the signal is aborted meanwhile', async () => {
    const { connect, made } = await onEmulator();
    const controller = new AbortController();
    let stored = false;
    const created = await connect.customers.create(
      { name: 'Ann' },
      {
        signal: controller.signal,
        onToken: async () => {
          controller.abort();
          await new Promise((resolve) => setTimeout(resolve, 20));
          stored = true;
        },
      },
    );
    expect(stored).toBe(true);
    expect(created.name).toBe('Ann');
    expect(await made()).toEqual(['Ann']);
  });

  it('deletes nothing once the signal is aborted: the error has the token', async () => {
    const { connect, made, mock } = await onEmulator();
    const controller = new AbortController();
    const onToken = (): never => {
      controller.abort();
      return refuse();
    };
    const options = { signal: controller.signal, onToken };
    const error = await failure(connect.customers.create({ name: 'Ann' }, options));
    expect(error.message).toContain('was aborted');
    expect(error.apiToken).toEqual(expect.any(String));
    expect(mock.requests.list({ operation: 'deleteCustomer' })).toEqual([]);
    expect(await made()).toEqual(['Ann']);
  });

  it('bounds the deletion by the call’s timeout and retries', async () => {
    const { connect } = await onEmulator({ operation: 'deleteCustomer', connection: 'hang' });
    const options = { onToken: refuse, timeout: 200, maxRetries: 0 };
    const startedAt = performance.now();
    const error = await failure(connect.customers.create({ name: 'Ann' }, options));
    expect(error.message).toContain('no complete answer in time (1 attempt)');
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  it.each([undefined, {}, { onToken: undefined }, { onToken: 'vault' }])(
    'sends nothing without a place for the token: %j',
    async (options) => {
      const { connect, mock } = await onEmulator();
      const create = connect.customers.create({ name: 'Ann' }, options as CreateCustomerOptions);
      expect(await failure(create)).toMatchObject({
        code: 'config',
        message: expect.stringContaining('onToken'),
      });
      expect(mock.requests.list({ operation: 'createCustomer' })).toEqual([]);
    },
  );
});

describe('a customer that may have been made', () => {
  const answering = (body: unknown, status = 201) => {
    const fetch: FetchLike = async () => Response.json(body, { status });
    return createReporteiClient({ token: 't', fetch }).customers;
  };
  const doubt = 'it may exist, its token lost: find it in customers.list() and delete it';
  const asked: string[] = [];
  const onToken = (token: string): void => void asked.push(token);

  it.each([
    [{}],
    [{ customer: { uuid: 'c', name: 'Ann' } }],
    [{ customer: { uuid: 'c', name: 'Ann', api_token: '' } }],
    [{ customer: { uuid: 'c', name: 'Ann', api_token: 5 } }],
    [{ customer: [] }],
    ['a text'],
  ])('is hinted at after an answer of %j', async (body) => {
    const error = await failure(answering(body).create({ name: 'Ann' }, { onToken }));
    expect(error).toMatchObject({ code: 'decode', status: 201, hint: doubt, body });
    expect(error.message).toContain('POST /customers');
    expect(error.message).toContain(doubt);
    expect(asked).toEqual([]);
  });

  it.each<[FaultRule, object]>([
    [{ connection: 'lose-answer' }, { code: 'network', ambiguous: true }],
    [{ connection: 'cut-body' }, { code: 'network', ambiguous: true }],
    [{ malformed: true }, { code: 'decode' }],
    [
      { status: 502, body: '<h1>Bad gateway</h1>' },
      { code: 'http', status: 502 },
    ],
  ])('is hinted at after %j', async (fault, expected) => {
    const { connect } = await onEmulator({ operation: 'createCustomer', ...fault });
    const error = await failure(connect.customers.create({ name: 'Ann' }, { onToken }));
    expect(error).toMatchObject({ ...expected, hint: doubt });
  });

  it('is hinted at after an answer that is too long, and an abort under way', async () => {
    const fetch: FetchLike = async () => Response.json({ customer: 'x'.repeat(100) });
    const small = createReporteiClient({ token: 't', fetch, maxAnswerBytes: 10 });
    const tooLong = await failure(small.customers.create({ name: 'Ann' }, { onToken }));
    expect(tooLong).toMatchObject({ code: 'decode', hint: doubt });

    const { connect } = await onEmulator({ operation: 'createCustomer', connection: 'hang' });
    const options = { onToken, signal: AbortSignal.timeout(200) };
    const aborted = await failure(connect.customers.create({ name: 'Ann' }, options));
    expect(aborted).toMatchObject({ code: 'aborted', ambiguous: true, hint: doubt });
  });

  it('is not after what surely made none', async () => {
    for (const status of [401, 422, 429]) {
      const error = await failure(answering({}, status).create({ name: '' }, { onToken }));
      expect(error).toMatchObject({ code: 'http', status });
      expect(error.message).not.toContain(doubt);
    }
    const { connect } = await onEmulator();
    const options = { onToken, signal: AbortSignal.abort() };
    const error = await failure(connect.customers.create({ name: 'Ann' }, options));
    expect(error).toMatchObject({ code: 'aborted', ambiguous: false });
    expect(error.message).not.toContain(doubt);
  });

  it('is not after other calls', async () => {
    const error = await failure(answering({}, 200).get('c'));
    expect(error).toMatchObject({ code: 'decode' });
    expect(error.message).not.toContain(doubt);
  });
});

it('a customer without a uuid still has its token delivered, and kept when that fails', async () => {
  const fetch: FetchLike = async () =>
    Response.json({ customer: { name: 'Ann', api_token: 'once' } }, { status: 201 });
  const { customers } = createReporteiClient({ token: 't', fetch });
  const error = await failure(customers.create({ name: 'Ann' }, { onToken: refuse }));
  expect(error.apiToken).toBe('once');
  expect(printed(error)).not.toContain('once');
});
