// The ways to send an event which are compared: each gets the address and makes a sender. Plain
// JavaScript, like everything that is measured here, so that no loader changes what runs.

const path = '/api/product/usage';
const key = 'test_reo_key';
const event = {
  activity_type: 'LOGIN',
  product_id: 'web',
  user_id: 'ann@example.com',
  user_id_type: 'EMAIL',
  environment: 'PRODUCTION',
  meta: { plan: 'team', seats: 12 },
};

/** What the others send ready-made; ours makes it from the event, with an id and a time. */
const payload = {
  ...event,
  source: 'PRODUCT_CLOUD',
  event_id: '7f0b2f6e-5b0a-4c5e-9a57-6d3c2b1a0f9e',
  event_at: 1_700_000_000,
};

const headers = { 'x-api-key': key, 'content-type': 'application/json' };

/** @type {Record<string, (baseUrl: string) => Promise<() => Promise<unknown>>>} */
export const clients = {
  'undici request': async (baseUrl) => {
    const { Agent, request } = await import('undici');
    const dispatcher = new Agent();
    return async () => {
      const body = JSON.stringify({ payload });
      const answer = await request(baseUrl + path, { method: 'POST', headers, body, dispatcher });
      return answer.body.json();
    };
  },
  tallywire: async (baseUrl) => {
    const { createReoClient } = await import('tallywire/reo');
    const client = createReoClient({ apiKey: key, baseUrl });
    return () => client.send(event);
  },
  'openapi-fetch on global fetch': async (baseUrl) => {
    const { default: createClient } = await import('openapi-fetch');
    const client = createClient({ baseUrl, headers });
    return () => client.POST(path, { body: { payload } });
  },
  axios: async (baseUrl) => {
    const [{ default: axios }, { Agent }] = await Promise.all([
      import('axios'),
      import('node:http'),
    ]);
    const httpAgent = new Agent({ keepAlive: true });
    const client = axios.create({ baseURL: baseUrl, headers, httpAgent });
    return () => client.post(path, { payload });
  },
  ky: async (baseUrl) => {
    const { default: ky } = await import('ky');
    const client = ky.create({ prefixUrl: baseUrl, headers });
    return () => client.post(path.slice(1), { json: { payload } }).json();
  },
};
