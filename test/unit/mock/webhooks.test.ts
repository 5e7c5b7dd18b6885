import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../../../src/mock/report.ts';
import { createClock } from '../../../src/mock/clock.ts';
import { createEvents } from '../../../src/mock/events.ts';
import { DEFAULT_SETTINGS } from '../../../src/mock/settings.ts';
import { createWebhooks, type Webhooks } from '../../../src/mock/webhooks/queue.ts';
import type { WebhookFault } from '../../../src/mock/schemas.ts';

describe('webhooks', () => {
  const received: { url: string; type: string; body: string }[] = [];
  let answer: { status: number; headers: Record<string, string> } | 'never' = 'never';
  let port = 0;
  const server = createServer((request: IncomingMessage, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      received.push({
        url: request.url ?? '',
        type: request.headers['content-type'] ?? '',
        body,
      });
      if (answer !== 'never') response.writeHead(answer.status, answer.headers).end();
    });
  });

  const reports: Report[] = [];
  const clock = createClock();
  const webhooks = (retries = 0, allowed: string[] = []): Webhooks =>
    createWebhooks({
      clock,
      settings: () => ({ ...DEFAULT_SETTINGS, webhookRetries: retries }),
      allowed,
      events: createEvents(),
      report: (report) => reports.push(report),
    });
  const prepare = (
    hooks: Webhooks,
    url: string,
    body = '{}',
    fault?: WebhookFault,
  ): (() => void) => {
    const { after } = hooks.promise({ url, body, fault });
    return () => after(1);
  };

  beforeEach(async () => {
    received.length = 0;
    reports.length = 0;
    answer = { status: 200, headers: {} };
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it.each(['127.0.0.1', 'localhost', 'anything.localhost', '127.1'])(
    'are posted to %s once they are started',
    async (host) => {
      const hooks = webhooks();
      const start = prepare(hooks, `http://${host}:${port}/hook/secret?token=x`, '{"ü":1}');
      let idle = false;
      const waiting = hooks.idle().then(() => (idle = true));
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect([received.length, idle]).toEqual([0, false]);

      start();
      await waiting;
      expect(received).toEqual([
        { url: '/hook/secret?token=x', type: 'application/json', body: '{"ü":1}' },
      ]);
      expect(JSON.stringify(reports)).toContain('answered 200');
      // Whoever reads the log could post to it.
      expect(JSON.stringify(reports)).not.toMatch(/secret|token/);
    },
  );

  it.each([
    'http://example.com/hook',
    'http://10.0.0.1/',
    'http://localhost.example.com/',
    'http://127.0.0.1.example.com/',
    'http://user@example.com/',
    'http://[::2]/',
    'http://0.0.0.0/',
    'http://169.254.169.254/latest/meta-data',
  ])('are not sent to %s, and the log says so', async (url) => {
    const hooks = webhooks();
    prepare(hooks, url, '{}')();
    await hooks.idle();
    const text = expect.stringMatching(/^webhook to \S+ not sent: only targets on/);
    expect(reports).toEqual([{ kind: 'problem', text }]);
    expect(JSON.stringify(reports)).toContain(`(--webhook-allow ${new URL(url).host}, or`);
  });

  it('do not follow redirects', async () => {
    answer = { status: 307, headers: { location: `http://127.0.0.1:${port}/elsewhere` } };
    const hooks = webhooks();
    prepare(hooks, `http://127.0.0.1:${port}/hook`, '{}')();
    await hooks.idle();
    expect(received.map(({ url }) => url)).toEqual(['/hook']);
    expect(JSON.stringify(reports)).toContain('answered 307');
  });

  it('that fail are reported, and are over', async () => {
    const hooks = webhooks();
    prepare(hooks, 'http://127.0.0.1:9/closed', '{}')();
    await hooks.idle();
    expect(reports).toEqual([{ kind: 'problem', text: expect.stringContaining('failed') }]);
  });

  it('are dropped by close, whether they have been started or not', async () => {
    answer = 'never';
    const hooks = webhooks();
    prepare(hooks, `http://127.0.0.1:${port}/started`, '{}')();
    prepare(hooks, `http://127.0.0.1:${port}/waiting`, '{}');
    await expect.poll(() => received.length).toBe(1);
    hooks.close();
    await hooks.idle();
    expect(received.map(({ url }) => url)).toEqual(['/started']);
  });
});
