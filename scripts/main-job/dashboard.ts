import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CustomerClient, readMetrics, type Results } from '../../src/index.ts';

/** One query of each documented component, and a course over time. */
export const queries = {
  replies: {
    reference_key: 'ig:story_replies',
    component: 'number_v1',
    metrics: ['replies'],
    dimensions: ['stories'],
  },
  reach: {
    reference_key: 'ig:reach_over_time',
    component: 'chart_v1',
    metrics: ['reach'],
    dimensions: ['date'],
  },
  gender: {
    reference_key: 'ig:followers_gender',
    component: 'chart_v1',
    metrics: ['followers'],
    dimensions: ['gender'],
  },
  clicks: {
    reference_key: 'ig:clicks_breakdown',
    component: 'datatable_v1',
    metrics: ['count', 'ctr'],
    dimensions: ['clicks_breakdown'],
  },
} as const;

export type Dashboard = Results<{
  readonly [Name in keyof typeof queries]: (typeof queries)[Name]['component'];
}>;

export const period = {
  start: '2024-08-01',
  end: '2024-08-31',
  compare: { start: '2024-07-01', end: '2024-07-31' },
} as const;

export const fetchDashboard = (customer: CustomerClient, integration: string): Promise<Dashboard> =>
  customer.metrics(queries, { integration, ...period });

/** Asks for the same by webhook, and waits for the call on a server of our own. */
export const receiveDashboard = async (
  customer: CustomerClient,
  integration: string,
): Promise<Dashboard> => {
  let receive: (body: unknown) => void;
  const received = new Promise<unknown>((resolve) => {
    receive = resolve;
  });
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.end();
      receive(JSON.parse(Buffer.concat(chunks).toString()));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const { ids } = await customer.metricsAsync(queries, {
      integration,
      ...period,
      webhookUrl: `http://127.0.0.1:${port}/metrics`,
    });
    return readMetrics(queries, ids, await received);
  } finally {
    server.close();
    server.closeAllConnections();
  }
};
