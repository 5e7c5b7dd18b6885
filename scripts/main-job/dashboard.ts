import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  chart,
  type CustomerClient,
  datatable,
  metricSet,
  number,
  type Outcomes,
  type Results,
} from '../../src/index.ts';
import { createCallbacks, toNodeListener } from '../../src/reportei/callbacks/index.ts';

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
): Promise<Outcomes<typeof dashboard.queries>> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const callbacks = createCallbacks({
      url: `http://127.0.0.1:${port}/metrics`,
      sets: [dashboard],
      secrets: [randomBytes(32).toString('hex')],
    });
    const delivered = new Promise<Outcomes<typeof dashboard.queries>>((resolve) => {
      const handler = callbacks.handler(({ outcomes }) => resolve(outcomes));
      server.on('request', toNodeListener(handler));
    });
    const webhook = await callbacks.prepare(dashboard);
    await customer.metricsAsync(dashboard, { integration, ...days, webhook });
    return await delivered;
  } finally {
    server.close();
    server.closeAllConnections();
  }
};
