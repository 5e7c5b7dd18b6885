// Packages that take usage events and send them later: each gets an address and makes a sender, which
// takes the number of an event, and an end, which resolves when everything is sent. Plain JavaScript,
// like everything that is measured here, so that no loader changes what runs.

const properties = { plan: 'team', seats: 12, environment: 'PRODUCTION' };

/** So that a queue that is measured loses nothing, unless that is the question. */
const plenty = 2_000_000;

/** @type {Record<string, (host: string, most?: number) => Promise<{ send: (i: number) => void, end: () => Promise<unknown>, kept?: () => number }>>} */
export const clients = {
  tallywire: async (baseUrl, most = plenty) => {
    const { createReoClient } = await import('tallywire/reo');
    const { createTracker } = await import('tallywire/tracker');
    const reo = createReoClient({ apiKey: 'test_reo_key', baseUrl });
    const hooks = { dropped: () => {}, paused: () => {} };
    const tracker = createTracker(reo, { maxRecords: most, maxBytes: 2 ** 31, hooks });
    return {
      send: (i) =>
        tracker.track({
          activity_type: 'LOGIN',
          product_id: 'web',
          user_id: `user-${i}@example.com`,
          user_id_type: 'EMAIL',
          environment: 'PRODUCTION',
          meta: { plan: 'team', seats: 12 },
        }),
      end: () => tracker.close({ timeout: '5m' }),
      kept: () => tracker.stats().pending.records,
    };
  },
  'posthog-node': async (host, most = plenty) => {
    const { PostHog } = await import('posthog-node');
    const client = new PostHog('test_key', { host, maxQueueSize: most, disableGeoip: true });
    return {
      send: (i) =>
        client.capture({ distinctId: `user-${i}@example.com`, event: 'LOGIN', properties }),
      end: () => client.shutdown(300_000),
    };
  },
  '@segment/analytics-node': async (host) => {
    const { Analytics } = await import('@segment/analytics-node');
    const client = new Analytics({ writeKey: 'test_key', host });
    return {
      send: (i) => client.track({ userId: `user-${i}@example.com`, event: 'LOGIN', properties }),
      end: () => client.closeAndFlush({ timeout: 300_000 }),
    };
  },
  '@rudderstack/rudder-sdk-node': async (host, most = plenty) => {
    const { default: Rudder } = await import('@rudderstack/rudder-sdk-node');
    const client = new Rudder('test_key', {
      dataPlaneUrl: host,
      maxInternalQueueSize: most,
      logLevel: 'none',
    });
    return {
      send: (i) => client.track({ userId: `user-${i}@example.com`, event: 'LOGIN', properties }),
      end: async () => {
        // One flush sends one batch.
        for (let left = client.queue.length; left > 0; left = client.queue.length) {
          await client.flush();
        }
      },
    };
  },
};
