import { timelineOf, domainsOf } from '../usage-charts.ts';
import { ok } from './reply.ts';
import type { Controls } from './index.ts';

export const usage: Controls<'getUsage'> = {
  getUsage: (_call, { usage, records }) => {
    const all = [...records()];
    return ok({
      events: usage.events.totals(),
      counts: usage.counts.totals(),
      domains: domainsOf(all),
      timeline: timelineOf(all),
    });
  },
};
