import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/reportei/index.ts';
import { readPayload } from '../../../src/reportei/queries/payload.ts';

const reach = { reference_key: 'ig:reach', component: 'number_v1', metrics: ['reach'] };
const note = { reference_key: 'note', component: 'wysiwyg_v1' };

describe('the queries of a payload', () => {
  it.each([
    ['a request', { customer_integration: 'x', start: '2024-01-01', metrics: [reach] }],
    ['a catalogue', { widgets: [reach] }],
    ['a list', [reach]],
    ['a single query', reach],
  ])('are those of %s', (_, payload) => {
    expect(readPayload(payload)).toEqual([{ id: undefined, wire: reach }]);
  });

  it('come apart from their ids, with all that they say', () => {
    const unknown = { table: 'x', custom: [], widgets: [{ id: 'inner' }], dimensions: null };
    expect(
      readPayload([
        { id: 'a', ...reach, ...unknown },
        { id: 7, ...note },
      ]),
    ).toEqual([
      { id: 'a', wire: { ...reach, ...unknown } },
      { id: undefined, wire: { ...note, metrics: [] } },
    ]);
  });

  it('may hold __proto__ as a name like any other', () => {
    const text = '{"reference_key":"a","component":"b","__proto__":{"metrics":["x"]}}';
    const [query] = readPayload(JSON.parse(text));
    expect(Object.getPrototypeOf(query?.wire)).toBe(Object.prototype);
    expect(Object.keys(query?.wire ?? {})).toContain('__proto__');
    expect(query?.wire.metrics).toEqual([]);
  });

  it.each([
    [undefined, 'a payload is a list of queries, or has one in metrics or widgets'],
    ['text', 'a payload is a list of queries'],
    [{ values: 1 }, 'a payload is a list of queries'],
    [[], "the payload's list of queries is empty"],
    [{ metrics: [] }, "the payload's list of queries is empty"],
    [{ metrics: {} }, 'a payload is a list of queries'],
    [[reach, null], 'query 2 of the payload is not an object'],
    [[reach, { ...note, reference_key: '' }], 'query 2 of the payload has no reference_key'],
    [[{ ...note, component: 1 }], 'query 1 of the payload has no component'],
    [[{ ...reach, metrics: [1] }], 'query 1 of the payload has metrics that are not names'],
    [[{ ...reach, metrics: 'reach' }], 'query 1 of the payload has metrics that are not names'],
    [[{ ...reach, dimensions: 'age' }], 'query 1 of the payload has dimensions that are neither'],
    [[{ ...reach, dimensions: ['age', null] }], 'query 1 of the payload has dimensions that are'],
  ])('are named where they are none: %j', (payload, message) => {
    expect(() => readPayload(payload)).toThrow(ConfigError);
    expect(() => readPayload(payload)).toThrow(message);
  });
});
