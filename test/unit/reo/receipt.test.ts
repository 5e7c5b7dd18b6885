import { describe, expect, it } from 'vitest';
import { createReoClient } from '../../../src/reo/index.ts';
import { assertTaken } from '../../../src/reo/receipt.ts';

const check = (body: unknown) =>
  assertTaken('/api/product/usage', { status: 200, headers: new Headers(), body, attempts: 1 });

describe('assertTaken', () => {
  it.each([
    { response_code: '200', response: 'Data Uploaded', status: 'success' },
    { response_code: 200, response: 'Data Uploaded', status: 'success' },
    { response_code: 202 },
    { response_code: '299', status: 'accepted' },
  ])('takes %j for success', (body) => {
    expect(() => check(body)).not.toThrow();
  });

  it.each([
    { response_code: 400, response: 'Authentication Failure', status: 'failure' },
    { response_code: '400', response: 'Invalid', status: 'success' },
    { response_code: 200, status: 'failure' },
    { status: 'failure' },
    { response_code: 300, status: 'success' },
    { response_code: 0, status: 'success' },
  ])('takes %j for a refusal', (body) => {
    expect(() => check(body)).toThrow(expect.objectContaining({ code: 'rejected', body }));
  });

  it.each([
    null,
    'ok',
    [],
    {},
    { status: 'success' },
    { response_code: '', status: 'success' },
    { response_code: null },
  ])('takes %j for no answer at all', (body) => {
    expect(() => check(body)).toThrow(expect.objectContaining({ code: 'decode' }));
  });

  it('tells a wrong key by the text', () => {
    const refused = (response: string) => {
      try {
        check({ response_code: 400, response, status: 'failure' });
      } catch (error) {
        return (error as { hint?: string }).hint;
      }
      return expect.fail('it was taken');
    };
    expect(refused('Authentication Failure')).toMatch(/REO_API_KEY/);
    expect(refused('Invalid mode. Supported modes: DOMAIN, USER')).toBeUndefined();
  });
});

describe('a base URL with the path in it', () => {
  const hintOf = async (baseUrl: string, status: number): Promise<unknown> => {
    const fetch = async () => Response.json({ response: 'Not found' }, { status });
    const record = { activity_type: 'L', product_id: 'p', user_id: 'u', user_id_type: 'EMAIL' };
    const sent = createReoClient({ apiKey: 'k', baseUrl, fetch }).send(record as never);
    return sent.catch(({ hint }: { hint?: string }) => hint);
  };

  it('is what to mend after a 404', async () => {
    const mistake = 'the base URL must not include /api/product';
    expect(await hintOf('https://reo.test/api/product/', 404)).toBe(mistake);
    expect(await hintOf('https://reo.test/api/product/usage', 403)).toBe(mistake);
    expect(await hintOf('https://reo.test/api/product', 401)).toMatch(/REO_API_KEY/);
    expect(await hintOf('https://reo.test/api/products', 404)).toBe('check the base URL');
  });
});

describe('defaults', () => {
  const sentWith = async (record: object): Promise<Record<string, unknown>> => {
    let sent = '';
    const defaults = { source: 'TELEMETRY', environment: 'TEST', product_id: 'p' };
    const reo = createReoClient({
      apiKey: 'k',
      defaults,
      fetch: async (_, { body }) => {
        sent = String(body);
        return Response.json({ response_code: 200, status: 'success' });
      },
    });
    defaults.environment = 'CHANGED';
    const rest = { activity_type: 'L', user_id: 'u', user_id_type: 'EMAIL' } as const;
    await reo.send({ ...rest, ...record });
    return (JSON.parse(sent) as { payload: Record<string, unknown> }).payload;
  };

  it('hold where a field is missing or undefined, as they were given', async () => {
    const expected = { source: 'TELEMETRY', environment: 'TEST', product_id: 'p' };
    expect(await sentWith({})).toMatchObject(expected);
    expect(await sentWith({ source: undefined, environment: undefined })).toMatchObject(expected);
    expect(await sentWith({ environment: 'OWN' })).toMatchObject({ environment: 'OWN' });
  });
});
