import { describe, expect, it } from 'vitest';
import { filterRequests, NO_FILTER, type Filter } from '../../../src/mock/page/lib/filter.ts';
import { formatRoute, parseRoute } from '../../../src/mock/page/lib/route.ts';
import { spread, ticksFor } from '../../../src/mock/page/lib/scale.ts';
import { continues, indexOfId, merge } from '../../../src/mock/page/lib/summaries.ts';
import type { Summary } from '../../../src/mock/page/lib/types.ts';

const request = (id: number, more: Partial<Summary> = {}): Summary => ({
  id,
  at: '2026-01-15T09:30:00.000Z',
  method: 'POST',
  path: '/api/product/usage',
  api: 'reo',
  operation: 'sendUsage',
  status: 200,
  ms: 1,
  source: 'emulator',
  fault: null,
  reason: null,
  violations: [],
  ...more,
});

const ids = (all: readonly Summary[]): number[] => all.map(({ id }) => id);

describe('the list of requests', () => {
  it('keeps its order, knows each request once, and lets the oldest go', () => {
    const known = [request(1), request(3)];
    expect(ids(merge(known, [request(4), request(5)], 3))).toEqual([3, 4, 5]);
    expect(ids(merge(known, [request(4), request(2), request(3)]))).toEqual([1, 2, 3, 4]);
    expect(merge(known, [])).toBe(known);
  });

  it('finds a request, or the next one', () => {
    const all = [request(2), request(4), request(9)];
    expect([1, 2, 3, 4, 9, 10].map((id) => indexOfId(all, id))).toEqual([0, 0, 1, 1, 2, 3]);
  });

  it('notices another emulator', () => {
    const known = [request(1), request(2)];
    expect(continues(known, [request(2), request(3)])).toBe(true);
    expect(continues(known, [request(2, { at: '2026-01-15T10:00:00.000Z' })])).toBe(false);
    expect(continues(known, [])).toBe(false);
  });
});

describe('filters', () => {
  const all = [
    request(1),
    request(2, { status: 400, reason: 'Authentication Failure' }),
    request(3, { api: 'reportei', operation: 'getData', path: '/api/metrics/get-data' }),
    request(4, { status: null, source: 'fault', fault: 'f1' }),
    request(5, {
      violations: [{ side: 'request', field: 'payload.user_id', problem: 'is required' }],
    }),
  ];
  it.each<[Partial<Filter>, number[]]>([
    [{}, [1, 2, 3, 4, 5]],
    [{ text: 'AUTHentication' }, [2]],
    [{ text: 'user_id is' }, [5]],
    [{ text: 'get-data' }, [3]],
    [{ text: 'only in a body' }, [1]],
    [{ api: 'reportei' }, [3]],
    [{ status: '4xx' }, [2]],
    [{ status: 'dropped' }, [4]],
    [{ problems: true }, [2, 4, 5]],
    [{ problems: true, status: '2xx' }, [5]],
  ])('%j', (part, expected) => {
    const inBodies = new Set(part.text === 'only in a body' ? [1] : []);
    expect(ids(filterRequests(all, { ...NO_FILTER, ...part }, inBodies))).toEqual(expected);
  });
});

it('reads addresses, and takes odd ones for the requests', () => {
  expect(parseRoute('#/webhooks/12')).toEqual({ view: 'webhooks', id: 12 });
  expect(parseRoute('#/requests/1e3')).toEqual({ view: 'requests', id: null });
  expect(parseRoute('#/__proto__/1')).toEqual({ view: 'requests', id: 1 });
  expect(formatRoute(parseRoute('#/faults'))).toBe('#/faults');
});

it('puts round numbers on an axis', () => {
  expect(ticksFor(0, 123)).toEqual([0, 50, 100, 150]);
  expect(ticksFor(-3, 9)).toEqual([-5, 0, 5, 10]);
  expect(ticksFor(0, 0)).toEqual([0, 1]);
  expect(ticksFor(0, 0.3)).toEqual([0, 0.1, 0.2, 0.3]);
  expect(spread(10, 4)).toEqual([0, 3, 6, 9]);
});
