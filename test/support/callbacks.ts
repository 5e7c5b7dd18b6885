/** What tests of the webhook receiver have in common. */
import { expect } from 'vitest';
import {
  type CallbackError,
  createCallbacks,
  isSdkError,
} from '../../src/reportei/callbacks/index.ts';
import { chart, datatable, metricSet, number } from '../../src/reportei/index.ts';

export const dashboard = metricSet('dashboard', {
  replies: number('ig:story_replies', { metrics: ['replies'] }),
  gender: chart('ig:followers_gender', { metrics: ['followers'], dimensions: ['gender'] }),
});

export const weekly = metricSet('weekly', {
  clicks: datatable('ig:clicks_breakdown', {
    metrics: ['count', 'ctr'],
    dimensions: ['clicks_breakdown'],
  }),
});

export const secret = 'S'.repeat(32);
export const otherSecret = 'another secret, which is long enough';
export const url = 'https://app.example.com/hooks/reportei';

export const options = {
  url,
  sets: [dashboard, weekly],
  secrets: [secret, otherSecret],
  // Whatever is said where a test does not listen is a surprise.
  onError: (error: unknown) => {
    throw error;
  },
} as const;

/** What Connect posts for `dashboard`. */
export const bodyOf = (ids: {
  readonly replies: string;
  readonly gender: string;
}): Record<string, unknown> => ({
  [ids.replies]: { values: '12' },
  [ids.gender]: { labels: ['F', 'M'], values: [{ data: [3, '4'] }] },
});

export const post = (
  to: string,
  body?: unknown,
  headers: Record<string, string> = { 'content-type': 'application/json' },
): Request =>
  new Request(to, {
    method: 'POST',
    headers,
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });

/** A request whose body comes in pieces, without a length. */
export const postStream = (
  to: string,
  pull: (controller: ReadableStreamDefaultController<Uint8Array>) => void,
): Request =>
  new Request(to, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: new ReadableStream<Uint8Array>({ pull }, { highWaterMark: 0 }),
    duplex: 'half',
  } as RequestInit);

/** The error that a request is refused with. */
export const refusalOf = async (receiving: Promise<unknown>): Promise<CallbackError> => {
  const error: unknown = await receiving.then(
    () => new Error('it was accepted'),
    (error: unknown) => error,
  );
  expect(error).toMatchObject({ name: 'CallbackError', code: 'callback' });
  if (!isSdkError(error) || error.code !== 'callback') throw error;
  return error;
};

/** A job of `dashboard`, and the request that delivers it. */
export const startJob = async (callbacks = createCallbacks(options), context = 'customer-17') => {
  const webhook = await callbacks.prepare(dashboard, { context });
  const body = bodyOf(webhook.ids);
  return { callbacks, webhook, body, request: () => post(webhook.url, body) };
};
