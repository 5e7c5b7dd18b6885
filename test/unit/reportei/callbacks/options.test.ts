import { describe, expect, it } from 'vitest';
import { createCallbacks } from '../../../../src/reportei/callbacks/index.ts';
import { metricSet, number } from '../../../../src/reportei/index.ts';
import {
  dashboard,
  options,
  otherSecret,
  post,
  secret,
  startJob,
  url,
} from '../../../support/callbacks.ts';

const config = (message: RegExp) =>
  expect.objectContaining({ code: 'config', message: expect.stringMatching(message) });

const thrownBy = (change: object): unknown => {
  try {
    createCallbacks({ ...options, ...change });
  } catch (error) {
    return error;
  }
  return 'nothing was thrown';
};

describe('createCallbacks refuses', () => {
  const short = 'too short a secret to be one';
  it.each([
    ['no url', { url: undefined }, /^url is not an address$/],
    ['a path', { url: '/hooks' }, /^url is not an address$/],
    ['plain http', { url: 'http://app.example.com/' }, /^url must start with https:/],
    ['another scheme', { url: 'ftp://app.example.com/', allowInsecure: true }, /^url must start/],
    ['credentials', { url: 'https://a:b@app.example.com/' }, /no credentials/],
    ['a query', { url: `${url}?a=1` }, /no credentials, query/],
    ['an empty query', { url: `${url}?` }, /no credentials, query/],
    ['a fragment', { url: `${url}#a` }, /query or fragment/],
    ['no secrets', { secrets: [] }, /^secrets must be a list of at least one$/],
    ['a secret alone', { secrets: secret }, /^secrets must be a list/],
    ['a short secret', { secrets: [secret, short] }, /^secrets\[1\] must be a text of at least 32/],
    ['a padded secret', { secrets: [`${' '.repeat(9)}${short}`] }, /^secrets\[0\]/],
    ['an unset secret', { secrets: [undefined, secret] }, /^secrets\[0\]/],
    ['bytes for a secret', { secrets: [new Uint8Array(32)] }, /^secrets\[0\]/],
    ['no sets', { sets: [] }, /^sets must be a list of at least one$/],
    ['a set alone', { sets: dashboard }, /^sets must be a list/],
    [
      'a set that is no JSON',
      { sets: [{ name: 's', queries: { a: { wire: { x: 1n } } } }] },
      /set s cannot/,
    ],
    ['no time', { ttl: 0 }, /^ttl is not a duration/],
    ['less than a second', { ttl: '999ms' }, /^ttl/],
    ['a month', { ttl: '750h' }, /^ttl/],
    ['no bytes', { maxBodyBytes: 0 }, /^maxBodyBytes/],
    ['half a byte', { maxBodyBytes: 1.5 }, /^maxBodyBytes/],
    ['endless bytes', { maxBodyBytes: Infinity }, /^maxBodyBytes/],
  ])('%s', (_, change, message) => {
    const error = thrownBy(change);
    expect(error).toEqual(config(message));
    expect(String((error as Error).stack)).not.toContain(short);
  });
});

describe('createCallbacks takes', () => {
  it.each([
    ['http to this machine', { url: 'http://localhost:3000/hook' }],
    ['http to this machine by address', { url: 'http://127.0.0.1/' }],
    ['http that is allowed', { url: 'http://app.internal/hook', allowInsecure: true }],
    ['a second', { ttl: 1_000 }],
    ['32 bytes in fewer characters', { secrets: ['é'.repeat(16)] }],
    ['one secret twice', { secrets: [secret, secret] }],
    ['one set twice', { sets: [dashboard, dashboard] }],
  ])('%s', async (_, change) => {
    const callbacks = createCallbacks({ ...options, ...change } as typeof options);
    const { webhook, request } = await startJob(callbacks);
    expect((await callbacks.receive(request())).jobId).toBe(webhook.jobId);
  });

  it('a secret with the newline of its file for the same', async () => {
    const { webhook, body } = await startJob();
    const callbacks = createCallbacks({ ...options, secrets: [`${secret}\n`, otherSecret] });
    expect((await callbacks.receive(post(webhook.url, body))).jobId).toBe(webhook.jobId);
  });
});

describe('prepare', () => {
  it('refuses sets that are not in the list', async () => {
    const other = metricSet('other', { a: number('x:a', { metrics: [] }) });
    const callbacks = createCallbacks(options);
    for (const set of [other, undefined, 'dashboard', { ...dashboard }]) {
      await expect(callbacks.prepare(set as never)).rejects.toEqual(config(/^prepare takes only/));
    }
  });

  it.each([17, null, { a: 1 }, 'half \uD83D', '\uDE00'])(
    'refuses %j as a context',
    async (context) => {
      const preparing = createCallbacks(options).prepare(dashboard, { context: context as string });
      await expect(preparing).rejects.toEqual(config(/^context must be a text/));
    },
  );

  it('makes URLs of 255 characters at most, and says by how many one is too long', async () => {
    const callbacks = createCallbacks(options);
    const lengthOf = async (context: string): Promise<number> =>
      (await callbacks.prepare(dashboard, { context })).url.length;
    let longest = '';
    while ((await lengthOf(`${longest}x`).catch(() => 0)) > 0) longest += 'x';
    const most = await lengthOf(longest);
    expect(most).toBeLessThanOrEqual(255);
    expect(most).toBeGreaterThan(250);
    expect(longest.length).toBeGreaterThan(80);
    const { length } = `${url}?t=`;
    const needed = length + Math.ceil(((34 + 9 + longest.length + 1 + 32) * 4) / 3);
    const error: unknown = await lengthOf(`${longest}x`).catch((error: unknown) => error);
    expect(error).toEqual(config(new RegExp(`is ${needed - 255} characters longer than the 255 `)));
    const text = 'é'.repeat(longest.length / 2 + 1);
    await expect(lengthOf(text)).rejects.toEqual(config(/longer than the 255/));
  });
});
