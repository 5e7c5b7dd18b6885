import { expect, it } from 'vitest';
import { describeFault } from '../../../src/mock/page/lib/describe-fault.ts';
import { PRESETS } from '../../../src/mock/page/lib/presets.ts';

it.each([
  [
    { operation: 'sendUsage', status: 503, retryAfter: 2, times: 3, used: 1 },
    'sendUsage answers 503, Retry-After 2, next 3 calls (used 1)',
  ],
  [{ probability: 0.5, delay: '2s' }, 'Every call, 50 % of calls: waits 2 s'],
  [
    { operation: 'sendAggregateUsage', connection: 'lose-answer', times: 1 },
    'sendAggregateUsage carries the call out and loses the answer, next 1 call',
  ],
  [
    { operation: 'getData', metrics: { type: 'expired_token', referenceKey: 'ig:story_replies' } },
    'getData makes metric ig:story_replies fail with expired_token',
  ],
  [{ metrics: { as: 'null' } }, 'Every call makes every metric null'],
  [
    { operation: 'getDataAsync', webhook: { early: true, times: 2 } },
    'getDataAsync sends the webhook before the answer, twice',
  ],
  [{ webhook: { times: 0 } }, 'Every call never sends the webhook'],
  [{ refuse: 'No' }, 'Every call answers 200 with the failure “No”'],
  [{ retryAfter: 'soon' }, 'Every call adds Retry-After soon'],
  [
    { match: { path: '/api', headers: { a: 'b' }, body: { x: 1 } }, malformed: true },
    'Every call with a path that begins with /api and the header a: b and a body that holds {"x":1}: answers broken JSON',
  ],
  [{}, 'Every call does nothing yet'],
] as const)('describes %j', (fault, sentence) => {
  expect(describeFault(fault)).toBe(sentence);
});

it('has words for every preset', () => {
  for (const { rule } of PRESETS)
    expect(describeFault(rule)).not.toMatch(/nothing|undefined|\[obj/);
});
