import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  chart,
  type CustomerClient,
  datatable,
  metricSet,
  number,
  readMetrics,
  type Results,
} from '../../src/index.ts';

/** One query of each documented component, and a course over time. */
export const dashboard = metricSet('dashboard', {
  replies: number('ig:story_replies', { metrics: ['replies'], dimensions: ['stories'] }),
  reach: chart('ig:reach_over_time', { metrics: ['reach'], dimensions: ['date'] }),
  gender: chart('ig:followers_gender', { metrics: ['followers'], dimensions: ['gender'] }),
  clicks: datatable('ig:clicks_breakdown', {
    metrics: ['count', 'ctr'],
    dimensions: ['clicks_breakdown'],
  }),
});

export type Dashboard = Results<typeof dashboard.queries>;

export const days = {
  start: '2024-08-01',
  end: '2024-08-31',
  compare: 'previous-period',
} as const;

export const fetchDashboard = (customer: CustomerClient, integration: string): Promise<Dashboard> =>
  customer.metrics(dashboard, { integration, ...days });

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
    const { ids } = await customer.metricsAsync(dashboard, {
      integration,
      ...days,
      webhook: { url: `http://127.0.0.1:${port}/metrics` },
    });
    return readMetrics(dashboard, ids, await received);
  } finally {
    server.close();
    server.closeAllConnections();
  }
};
