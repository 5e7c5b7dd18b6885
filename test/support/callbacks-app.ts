/** What runs inside the other runtimes: the webhook receiver, and a look at what it received. */
import {
  createCallbacks,
  type Delivery,
  toNodeListener,
} from '../../src/reportei/callbacks/index.ts';
import { metricSet } from '../../src/reportei/queries/metric-set.ts';

/** As `number` makes it: the client has no place in here. */
export const views = metricSet('views', {
  views: { wire: { reference_key: 'x:views', component: 'number_v1', metrics: ['views'] } },
});

export const settings = {
  url: 'https://app.example.com/hook',
  sets: [views],
  secrets: ['the first of all secrets, long enough', 'the second of them, which is good too'],
} as const;

const deliveries: Delivery[] = [];
const errors: string[] = [];
const callbacks = createCallbacks({
  ...settings,
  maxBodyBytes: 1_000,
  onError: (error) => errors.push(String(error)),
});
const handler = callbacks.handler((delivery) => {
  deliveries.push(delivery);
});

export const app = async (request: Request): Promise<Response> => {
  switch (new URL(request.url).pathname) {
    case '/prepare':
      return Response.json(await callbacks.prepare(views, { context: 'Zoë' }));
    case '/seen':
      return Response.json({ deliveries, errors });
    default:
      return handler(request);
  }
};

export const listener = toNodeListener(app);
