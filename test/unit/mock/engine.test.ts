import { describe, expect, it, vi } from 'vitest';
import { BEHAVIOURS } from '../../../src/mock/behaviours/index.ts';
import { createEngine, type Engine } from '../../../src/mock/engine.ts';
import type { Incoming } from '../../../src/mock/exchange.ts';
import type { Report } from '../../../src/mock/report.ts';
import { createState, DEFAULT_KEYS } from '../../../src/mock/state.ts';
import type { Webhooks } from '../../../src/mock/webhooks.ts';
import { CUSTOMER, GET_DATA } from './support.ts';

function build(): { engine: Engine; reports: Report[]; posted: string[] } {
  const reports: Report[] = [];
  const posted: string[] = [];
  const webhooks: Webhooks = {
    prepare: (url, body) => () => posted.push(url, body),
    idle: () => Promise.resolve(),
    close: () => undefined,
  };
  const world = { state: createState('1', DEFAULT_KEYS), now: () => new Date(0), webhooks };
  const engine = createEngine(world, DEFAULT_KEYS, (report) => reports.push(report));
  return { engine, reports, posted };
}

const headers = Object.fromEntries(
  Object.entries({ ...CUSTOMER, 'content-type': 'application/json' }).map(([name, value]) => [
    name.toLowerCase(),
    value,
  ]),
);
const settings: Incoming = { method: 'GET', target: '/merchants/settings', headers, body: '' };

describe('an answer that breaks the contract', () => {
  it.each([
    ['a missing field', { status: 200, body: { merchant: { name: 'x' } } }, /required property/],
    ['a wrong type', { status: 200, body: { merchant: [] } }, /must be object/],
    ['a wrong type of an error', { status: 404, body: { message: 1 } }, /must be string/],
  ])('by %s leaves as a loud 500, and in the log', async (_what, reply, reason) => {
    const { engine, reports } = build();
    using broken = vi.spyOn(BEHAVIOURS, 'getMerchantSettings').mockReturnValue(reply);
    const answer = await engine.handle(settings);
    expect(broken).toHaveBeenCalledOnce();
    expect(answer.status).toBe(500);
    expect(JSON.parse(answer.body)).toEqual({ message: expect.stringMatching(reason) });
    expect(reports).toEqual([
      {
        kind: 'problem',
        text: expect.stringMatching(/^BUG in the emulator: GET \/merchants\/settings: the answer/),
      },
    ]);
  });
});

describe('a behaviour that throws', () => {
  it('leaves as a 500 without a stack', async () => {
    const { engine, reports } = build();
    using _broken = vi.spyOn(BEHAVIOURS, 'getMerchantSettings').mockImplementation(() => {
      throw new TypeError('x is not a function\n    at secret.ts:1');
    });
    const answer = await engine.handle(settings);
    expect(answer.status).toBe(500);
    expect(answer.body).not.toContain('\\n');
    expect(reports).toHaveLength(1);
  });
});

describe('a webhook', () => {
  it('is posted when the answer is out, not before', async () => {
    const { engine, posted } = build();
    const body = { ...GET_DATA, metrics_webhook_url: 'http://127.0.0.1:9/hook' };
    const ask = (path: string): ReturnType<Engine['handle']> =>
      engine.handle({ method: 'POST', target: path, headers, body: JSON.stringify(body) });
    const answer = await ask('/api/metrics/get-data-async');
    expect(answer.status).toBe(200);
    expect(posted).toEqual([]);
    answer.after?.();
    expect(posted).toEqual(['http://127.0.0.1:9/hook', (await ask('/api/metrics/get-data')).body]);
  });
});
