import { ok, problem } from './reply.ts';
import type { Controls } from './index.ts';

export const webhooks: Controls<'listWebhooks' | 'getWebhook' | 'redeliverWebhook'> = {
  listWebhooks: async ({ query }, { webhooks }) => {
    const limit = query['idle_within'];
    if (limit !== undefined && !(await within(webhooks.idle(), Number(limit)))) {
      const count = webhooks.pending();
      const noun = count === 1 ? 'webhook is' : 'webhooks are';
      return problem(408, `${count} ${noun} still pending after ${limit} ms.`);
    }
    return ok({ webhooks: webhooks.list() });
  },

  getWebhook: ({ params }, { webhooks }) => {
    const found = webhooks.get(Number(params['webhook_id']));
    return found ? ok(found) : missing(params);
  },

  redeliverWebhook: ({ params }, { webhooks }) => {
    const found = webhooks.redeliver(Number(params['webhook_id']));
    return found ? ok(found, 202) : missing(params);
  },
};

const missing = (params: Readonly<Record<string, string>>): ReturnType<typeof problem> =>
  problem(404, `There is no webhook ${params['webhook_id']}.`);

/** Whether a promise settles in time. */
async function within(promise: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const settled = await Promise.race([promise.then(() => true), late]);
  clearTimeout(timer);
  return settled;
}
