import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadOperations } from '../../../src/mock/contract/operations.ts';
import {
  undocumentedFields,
  undocumentedParameters,
} from '../../../src/mock/contract/undocumented.ts';
import {
  CUSTOMER,
  DOMAIN_COUNT,
  EVENT,
  GET_DATA,
  REO,
  startTested,
  USER_COUNT,
} from './support.ts';

const found = (schema: unknown, body: unknown): readonly string[] =>
  undocumentedFields(schema, body).map(({ path = [] }) => path.slice(1).join('.'));

const text = { type: 'string' };
const NAMED = { type: 'object', properties: { a: text, b: { properties: { c: text } } } };

describe('fields that a schema does not name', () => {
  it.each<[string, unknown, unknown, readonly string[]]>([
    ['none', NAMED, { a: 1, b: { c: 1 } }, []],
    ['at the top and within', NAMED, { a: 1, x: 1, b: { y: { z: 1 } } }, ['x', 'b.y']],
    ['in lists', { items: NAMED }, [{ a: 1 }, { x: 1 }], ['1.x']],
    ['in lists of lists', { items: { items: NAMED } }, [[{ x: 1 }]], ['0.0.x']],
    ['of another type than expected', NAMED, [{ x: 1 }], []],
    ['of no object', NAMED, 'x', []],
    ['of nothing', NAMED, null, []],
    ['where nothing is named', { type: 'object' }, { x: 1 }, []],
    ['where others may be', { properties: { a: text }, additionalProperties: true }, { x: 1 }, []],
    [
      'where others may be of a type',
      { additionalProperties: text, properties: { a: text } },
      { x: 1 },
      [],
    ],
    ['without a schema', undefined, { x: 1 }, []],
    [
      'in one part of several',
      { allOf: [NAMED, { properties: { d: text } }] },
      { a: 1, d: 1, x: 1 },
      ['x'],
    ],
    ['in any branch', { oneOf: [NAMED, { properties: { d: text } }] }, { d: 1, x: 1 }, ['x']],
    ['in branches of branches', { anyOf: [{ allOf: [NAMED] }] }, { a: 1, x: 1 }, ['x']],
    [
      'with names of every object',
      NAMED,
      JSON.parse('{"__proto__":1,"constructor":1,"toString":1}'),
      ['__proto__', 'constructor', 'toString'],
    ],
    [
      'with a named __proto__',
      JSON.parse('{"properties":{"__proto__":{}}}'),
      JSON.parse('{"__proto__":1,"x":1}'),
      ['x'],
    ],
  ])('%s', (_what, schema, body, names) => {
    expect(found(schema, body)).toEqual(names);
  });

  it('are said in plain words', () => {
    expect(undocumentedFields(NAMED, { x: 1 })).toEqual([
      { path: ['body', 'x'], code: 'undocumented', message: 'is not a documented field' },
    ]);
  });

  it('are found in any value without harm', () => {
    const schemas = loadOperations('reo', 'reportei').map(
      ({ http }) => http.request?.body?.contents?.[0]?.schema,
    );
    fc.assert(
      fc.property(fc.constantFrom(...schemas), fc.jsonValue(), (schema, body) => {
        for (const { path = [] } of undocumentedFields(schema, body)) expect(path[0]).toBe('body');
      }),
    );
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('are none in what the documents show', () => {
    for (const { http } of loadOperations('reo', 'reportei')) {
      for (const { schema, examples = [] } of http.request?.body?.contents ?? []) {
        for (const example of examples) {
          if ('value' in example)
            expect([example.key, found(schema, example.value)]).toEqual([example.key, []]);
        }
      }
    }
  });
});

it('parameters of the query', () => {
  const known = [{ name: 'page' }];
  const query = JSON.parse('{"page":"1","pages":"2","__proto__":"3"}') as Record<string, string>;
  expect(undocumentedParameters(known, query).map(({ path }) => path)).toEqual([
    ['query', 'pages'],
    ['query', '__proto__'],
  ]);
  expect(undocumentedParameters(undefined, {})).toEqual([]);
});

describe('a strict emulator', () => {
  it('refuses them by name, and takes what is documented', async () => {
    await using mock = await startTested({ settings: { strict: true } });
    const usage = (payload: object, more: object = {}): ReturnType<typeof mock.call> =>
      mock.call('POST /api/product/usage', { headers: REO, json: { payload, ...more } });
    expect(await usage({ ...EVENT, meta: { any: { thing: 1 } } })).toMatchObject({ status: 200 });
    expect(await usage({ ...EVENT, evnt_id: 1 }, { x: 1 })).toMatchObject({
      status: 400,
      body: {
        response: 'payload.evnt_id is not a documented field; x is not a documented field',
      },
    });
    for (const payload of [USER_COUNT, DOMAIN_COUNT]) {
      const path = 'POST /api/product/aggregateusage';
      expect(await mock.call(path, { headers: REO, json: { payload } })).toMatchObject({
        status: 200,
      });
      const wrong = { payload: { ...payload, counts: 1 } };
      expect(await mock.call(path, { headers: REO, json: wrong })).toMatchObject({ status: 400 });
    }

    const metrics = GET_DATA.metrics.map((one) => ({ ...one, filters: { any: 1 }, dimension: 1 }));
    const refused = await mock.call('POST /metrics/get-data?x=1', {
      headers: CUSTOMER,
      json: { ...GET_DATA, metrics },
    });
    expect(refused).toMatchObject({ status: 422 });
    expect(Object.keys((refused.body as { errors: object }).errors)).toEqual([
      'x',
      'metrics.0.dimension',
      'metrics.1.dimension',
      'metrics.2.dimension',
    ]);
    expect(mock.requests.list({ violations: true }).at(-1)?.violations[0]).toEqual({
      side: 'request',
      field: 'x',
      problem: 'is not a documented field',
    });
    expect(
      await mock.call('POST /metrics/get-data', { headers: CUSTOMER, json: GET_DATA }),
    ).toMatchObject({ status: 200 });
    expect(await mock.call('GET /customers?pages=1', { headers: CUSTOMER })).toMatchObject({
      status: 422,
      body: { errors: { pages: ['The pages field is not a documented field.'] } },
    });
  });

  it('is not strict unless asked', async () => {
    await using mock = await startTested();
    const sent = { headers: REO, json: { payload: { ...EVENT, x: 1 }, y: 1 } };
    expect(await mock.call('POST /api/product/usage?z=1', sent)).toMatchObject({ status: 200 });
  });
});
