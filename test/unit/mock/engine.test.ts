import { describe, expect, it, vi } from 'vitest';
import { BEHAVIOURS } from '../../../src/mock/behaviours/index.ts';
import type { Incoming } from '../../../src/mock/exchange.ts';
import { createMock } from '../../../src/mock/mock.ts';
import { formatReport, jsonReport, type Report } from '../../../src/mock/report.ts';
import { DEFAULT_KEYS } from '../../../src/mock/state.ts';
import { CUSTOMER, GET_DATA } from './support.ts';

function build(): { mock: ReturnType<typeof createMock>; reports: Report[] } {
  const reports: Report[] = [];
  const mock = createMock({
    seed: '1',
    keys: DEFAULT_KEYS,
    settings: {},
    faults: [],
    catalog: undefined,
    upstream: undefined,
    webhookHosts: [],
    showSecrets: false,
    machineTime: () => new Date(0),
    report: (report) => reports.push(report),
  });
  return { mock, reports };
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
    const { mock, reports } = build();
    using broken = vi.spyOn(BEHAVIOURS, 'getMerchantSettings').mockReturnValue(reply);
    const answer = await mock.engine.handle(settings);
    expect(broken).toHaveBeenCalledOnce();
    expect(answer.status).toBe(500);
    expect(JSON.parse(answer.body as string)).toEqual({ message: expect.stringMatching(reason) });
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
    const { mock, reports } = build();
    using _broken = vi.spyOn(BEHAVIOURS, 'getMerchantSettings').mockImplementation(() => {
      throw new TypeError('x is not a function\n    at secret.ts:1');
    });
    const answer = await mock.engine.handle(settings);
    expect(answer.status).toBe(500);
    expect(answer.body).not.toContain('\\n');
    expect(reports).toHaveLength(1);
  });
});

describe('what a request breaks', () => {
  it('is noted on one line and cut, whatever its fields are called', async () => {
    const { mock, reports } = build();
    const name = `\u001b[2Jx\u0007\nlistening on http://evil.test${'y'.repeat(3_500_000)}`;
    const ask = (body: object): ReturnType<typeof mock.engine.handle> =>
      mock.engine.handle({
        method: 'POST',
        target: '/api/metrics/get-data',
        headers,
        body: JSON.stringify(body),
      });
    await ask({ ...GET_DATA, [name]: 1 });
    mock.changeSettings({ strict: true });
    await ask({ ...GET_DATA, [name]: 1 });
    for (const report of reports) {
      const line = formatReport(report, false);
      expect(line.length).toBeLessThan(3_000);
      // oxlint-disable-next-line no-control-regex -- they must not be there
      expect(line).not.toMatch(/[\u0000-\u001f]/);
      expect(line).toMatch(/ \[2Jx listening on http:\/\/evil\.test/);
      expect(jsonReport(report).length).toBeLessThan(3_000);
    }
    const [{ violations } = { violations: [] }, refused] = mock.journal.list();
    expect(violations).toEqual([
      {
        side: 'request',
        field: expect.stringMatching(/^ \[2Jx listening .*y…$/),
        problem: 'is not a documented field',
      },
    ]);
    expect(refused?.reason).toHaveLength(1_001);
  });
});

describe('a webhook', () => {
  it('is promised with the request, and due when the answer is out', async () => {
    const { mock } = build();
    const body = { ...GET_DATA, metrics_webhook_url: 'http://192.0.2.1/hook' };
    const ask = (path: string): ReturnType<typeof mock.engine.handle> =>
      mock.engine.handle({ method: 'POST', target: path, headers, body: JSON.stringify(body) });
    const answer = await ask('/api/metrics/get-data-async');
    expect(answer.status).toBe(200);
    expect(mock.webhooks.get(1)).toMatchObject({ state: 'pending', requestId: 0 });
    answer.after?.();
    expect(mock.webhooks.get(1)).toMatchObject({
      state: 'refused',
      requestId: 1,
      body: (await ask('/api/metrics/get-data')).body,
    });
  });
});
