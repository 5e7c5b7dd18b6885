/** The inbox in a browser, on an emulator of its own, and what goes wrong in it. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { type MockServer, startMockServer } from '../../src/mock/index.ts';

export interface Inbox extends AsyncDisposable {
  readonly mock: MockServer;
  readonly page: Page;
  /** Errors on the console, and requests that left the emulator. Has to stay empty. */
  readonly complaints: readonly string[];
  readonly sendUsage: (payload?: object) => Promise<Response>;
  readonly getData: (metrics: readonly object[], path?: string, more?: object) => Promise<Response>;
}

export const INTEGRATION = '4addc0da-8583-4dbb-a0e9-c7e2e8470f50';

export const usage = (payload: object = {}): object => ({
  payload: {
    activity_type: 'LOGIN',
    product_id: 'web',
    source: 'PRODUCT_CLOUD',
    environment: 'PRODUCTION',
    user_id: 'ann@example.com',
    user_id_type: 'EMAIL',
    event_at: Math.floor(Date.now() / 1_000),
    event_id: crypto.randomUUID(),
    meta: {},
    ...payload,
  },
});

const json = { 'content-type': 'application/json' };

export const openInbox = async (
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<Inbox> => {
  const mock = await startMockServer();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error.stack)));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${mock.url}/`) && !url.startsWith('data:')) complaints.push(url);
  });
  await page.goto(`${mock.url}/__mock/`);
  await page.getByText('Live', { exact: true }).waitFor();
  const post = (path: string, headers: object, body: object): Promise<Response> =>
    fetch(`${mock.url}${path}`, {
      method: 'POST',
      headers: { ...json, ...headers },
      body: JSON.stringify(body),
    });
  return {
    mock,
    page,
    complaints,
    sendUsage: (payload) =>
      post('/api/product/usage', { 'x-api-key': mock.keys.reo }, usage(payload)),
    getData: (metrics, path = '/api/metrics/get-data', more = {}) =>
      post(
        path,
        {
          accept: 'application/json',
          authorization: `Bearer ${mock.keys.merchant}`,
          'x-customer-token': mock.keys.customer,
        },
        {
          customer_integration: INTEGRATION,
          start: '2024-08-01',
          end: '2024-08-31',
          metrics,
          ...more,
        },
      ),
    [Symbol.asyncDispose]: async () => {
      await context.close();
      await mock.close();
    },
  };
};
