import { describe, expect, it } from 'vitest';
import { createCallbacks } from '../../../../src/reportei/callbacks/index.ts';
import { metricSet, number } from '../../../../src/reportei/index.ts';
import { dashboard, options, post, refusalOf } from '../../../support/callbacks.ts';

describe('a set whose queries have changed', () => {
  const asked = (name: string, key: string, metric: string) =>
    metricSet(name, { replies: number(key, { metrics: [metric] }) });
  const former = asked('dashboard', 'ig:story_replies', 'replies');
  const changed = asked('dashboard', 'ig:story_replies', 'likes');

  it('is not taken for the former one', async () => {
    const webhook = await createCallbacks({ ...options, sets: [former] }).prepare(former);
    const request = (): Request => post(webhook.url, { [webhook.ids.replies]: { values: 1 } });
    for (const sets of [[changed], [asked('other', 'ig:story_replies', 'replies')], [dashboard]]) {
      const told: unknown[] = [];
      const callbacks = createCallbacks({ ...options, sets, onError: (error) => told.push(error) });
      const error = await refusalOf(callbacks.receive(request()));
      expect(error.status).toBe(500);
      expect(error.message).toContain(`job ${webhook.jobId} asked for a set dashboard`);
      const answer = await callbacks.handler(() => expect.fail('it ran'))(request());
      expect(answer.status).toBe(500);
      expect(told).toEqual([expect.objectContaining({ code: 'callback', status: 500 })]);
    }
    const both = createCallbacks({ ...options, sets: [changed, former] });
    expect((await both.receive(request())).outcomes.replies).toMatchObject({ ok: true, value: 1 });
  });

  it('is the same when only the order of keys and of queries is another', async () => {
    const made = metricSet('ordered', {
      a: number('x:a', { metrics: ['m'], filters: { b: 1, a: [2, { d: 1, c: 2 }] } }),
      b: number('x:b', { metrics: [] }),
    });
    const written = metricSet('ordered', {
      b: { wire: { metrics: [], component: 'number_v1', reference_key: 'x:b' } },
      a: {
        wire: {
          filters: { a: [2, { c: 2, d: 1 }], b: 1 },
          metrics: ['m'],
          component: 'number_v1',
          reference_key: 'x:a',
        },
      },
    });
    const webhook = await createCallbacks({ ...options, sets: [made] }).prepare(made);
    const callbacks = createCallbacks({ ...options, sets: [written] });
    const body = { [webhook.ids.a]: { values: 1 } };
    expect((await callbacks.receive(post(webhook.url, body))).jobId).toBe(webhook.jobId);
  });

  it.each([
    ['a metric', { metrics: ['n'] }],
    ['the order of metrics', { metrics: ['m', 'o'] }],
    ['a dimension', { dimensions: ['d'] }],
    ['a filter', { filters: { a: 1 } }],
  ])('is another when %s is', async (_, change) => {
    const base = { metrics: ['o', 'm'] };
    const one = metricSet('s', { a: number('x:a', base) });
    const other = metricSet('s', { a: number('x:a', { ...base, ...change }) });
    const webhook = await createCallbacks({ ...options, sets: [one] }).prepare(one);
    const callbacks = createCallbacks({ ...options, sets: [other] });
    const request = post(webhook.url, { [webhook.ids.a]: { values: 1 } });
    expect((await refusalOf(callbacks.receive(request))).status).toBe(500);
  });
});
