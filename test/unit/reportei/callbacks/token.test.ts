import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCallbacks } from '../../../../src/reportei/callbacks/index.ts';
import {
  keyIdOf,
  makeToken,
  metricIdOf,
  readToken,
  tokenOf,
} from '../../../support/callback-token.ts';
import {
  bodyOf,
  dashboard,
  options,
  otherSecret,
  post,
  refusalOf,
  secret,
  startJob,
  url,
} from '../../../support/callbacks.ts';

const noon = Date.parse('2026-01-01T12:00:00Z');

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: noon });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const job = Buffer.from('00112233445546778899aabbccddeeff', 'hex');

describe('a token', () => {
  it('is what it was in every version, and what other means make of the same', async () => {
    vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
      (array as Uint8Array).set(job);
      return array;
    });
    const callbacks = createCallbacks({ ...options, ttl: '24h' });
    const webhook = await callbacks.prepare(dashboard, { context: 'customer-17' });
    expect(webhook).toEqual({
      url: `${url}?t=Aa1XQWUAESIzRFVGd4iZqrvM3e7_aVezQFNU3IVnyj-qCWRhc2hib2FyZGN1c3RvbWVyLTE3P4vnhj8oPeorZ52K6F5zUdbYIfyY6RymfthOX48KlCY`,
      ids: {
        replies: 'f8a44251-5cf5-4ae9-9925-0af5bf0aaa22',
        gender: '2d8c92d3-c404-42e2-b310-f2b1da97f816',
      },
      jobId: '00112233-4455-4677-8899-aabbccddeeff',
      expiresAt: new Date(noon + 86_400_000),
    });
    const claims = readToken(tokenOf(webhook.url));
    expect(claims).toEqual({
      version: 1,
      keyId: keyIdOf(secret),
      job,
      expires: (noon + 86_400_000) / 1_000,
      digest: expect.any(Buffer),
      set: 'dashboard',
      context: 'customer-17',
    });
    expect(tokenOf(webhook.url)).toBe(makeToken({ ...claims, secret, url }));
    expect(webhook.ids).toEqual({
      replies: metricIdOf(secret, job, 'replies'),
      gender: metricIdOf(secret, job, 'gender'),
    });
  });

  it('tells neither ids nor secrets', async () => {
    const { webhook } = await startJob();
    const text = Buffer.from(tokenOf(webhook.url), 'base64url').toString('latin1') + webhook.url;
    for (const id of Object.values(webhook.ids)) {
      expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
      const bytes = Buffer.from(id.replaceAll('-', ''), 'hex').toString('latin1');
      expect(text).not.toContain(bytes.slice(0, 6));
      expect(text).not.toContain(bytes.slice(9));
      expect(text).not.toContain(id.slice(0, 8));
    }
    expect(text).not.toContain(secret);
  });

  it.each([
    ['of another version', { version: 2 }, 404],
    [
      'of another secret under a known key',
      { secret: 'X'.repeat(32), keyId: keyIdOf(secret) },
      404,
    ],
    ['of another secret', { secret: 'X'.repeat(32) }, 404],
    ['of a known secret under the other key', { keyId: keyIdOf(otherSecret) }, 404],
    ['of a known secret under an unknown key', { keyId: Buffer.alloc(4) }, 404],
    ['of another URL', { url: `${url}/` }, 404],
    ['of the same URL over plain http', { url: url.replace('https', 'http') }, 404],
    ['of another set', { set: 'dashboards' }, 500],
    ['of other queries', { digest: Buffer.alloc(8) }, 500],
    ['that has expired', { expires: noon / 1_000 }, 410],
    ['that is good for another second', { expires: noon / 1_000 + 1 }, undefined],
    ['of the second secret', { secret: otherSecret }, undefined],
  ])('%s: %o %s', async (_, change, status) => {
    const { callbacks, webhook } = await startJob();
    const { keyId: _id, ...claims } = readToken(tokenOf(webhook.url));
    const parts = { ...claims, secret, url, ...change };
    const ids = {
      replies: metricIdOf(parts.secret, parts.job, 'replies'),
      gender: metricIdOf(parts.secret, parts.job, 'gender'),
    };
    const receiving = callbacks.receive(post(`${url}?t=${makeToken(parts)}`, bodyOf(ids)));
    if (status === undefined) expect((await receiving).context).toBe('customer-17');
    else expect((await refusalOf(receiving)).status).toBe(status);
  });

  it('is good until the second at which it expires, whoever changes that in it', async () => {
    const { callbacks, webhook, request } = await startJob();
    expect(webhook.expiresAt.getTime()).toBe(noon + 86_400_000);
    vi.setSystemTime(webhook.expiresAt.getTime() - 1);
    await callbacks.receive(request());
    vi.setSystemTime(webhook.expiresAt);
    expect((await refusalOf(callbacks.receive(request()))).status).toBe(410);

    const bytes = Buffer.from(tokenOf(webhook.url), 'base64url');
    bytes.writeUInt32BE(bytes.readUInt32BE(21) + 60, 21);
    const longer = post(`${url}?t=${bytes.toString('base64url')}`, bodyOf(webhook.ids));
    expect((await refusalOf(callbacks.receive(longer))).status).toBe(404);
  });

  it('says 410 only where the token is ours', async () => {
    const { callbacks, webhook } = await startJob();
    vi.setSystemTime(webhook.expiresAt);
    const forged = post(`${webhook.url.slice(0, -2)}AA`, {});
    expect((await refusalOf(callbacks.receive(forged))).status).toBe(404);
  });

  it('rounds to the second that follows', async () => {
    vi.setSystemTime(noon + 1);
    const { webhook } = await startJob(createCallbacks({ ...options, ttl: 1_000 }));
    expect(webhook.expiresAt.getTime()).toBe(noon + 2_000);
  });
});

describe('an encoding other than the one', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

  it('is refused though it decodes to the same bytes', async () => {
    let trailing = 0;
    // Contexts of three lengths: each leaves another number of bits over.
    for (const context of ['a', 'ab', 'abc']) {
      const { callbacks, webhook } = await startJob(undefined, context);
      const token = tokenOf(webhook.url);
      const bytes = Buffer.from(token, 'base64url');
      const spellings = Array.from(alphabet)
        .map((char) => token.slice(0, -1) + char)
        .filter((other) => other !== token && Buffer.from(other, 'base64url').equals(bytes));
      trailing += spellings.length;
      const base64 = bytes.toString('base64');
      const others = [
        ...spellings,
        `${token}=`,
        `${token}==`,
        `${token}%3D`,
        `${token}.`,
        `${token}%00`,
        `${token}+`,
        `%20${token}`,
        `+${token}`,
        `${token}%0A`,
        `${token.slice(0, 9)}%0A${token.slice(9)}`,
        `%${token.charCodeAt(0).toString(16)}${token.slice(1)}`,
        encodeURIComponent(`${token}/`),
        `${token}&t=${token}`,
        `${token}&t=`,
        `${token}&t`,
        `${token}&%74=${token}`,
        `&t=${token}&t=${token}`,
        ...(base64 === token ? [] : [base64, encodeURIComponent(base64)]),
        bytes.toString('hex'),
      ];
      for (const other of others) {
        const error = await refusalOf(
          callbacks.receive(post(`${url}?t=${other}`, bodyOf(webhook.ids))),
        );
        expect(error.status, other).toBe(404);
      }
      for (const search of [
        `?T=${token}`,
        `?%74=${token}`,
        `?t%5B%5D=${token}`,
        `?${token}`,
        `#t=${token}`,
        `?t==${token}`,
      ]) {
        const error = await refusalOf(callbacks.receive(post(url + search, bodyOf(webhook.ids))));
        expect(error.status, search).toBe(404);
      }
    }
    expect(trailing).toBe(3 + 15);
  });
});

describe('rotation', () => {
  const [old, fresh] = ['o'.repeat(32), 'n'.repeat(32)];
  const by = (...secrets: readonly string[]) => createCallbacks({ ...options, secrets });
  // What a rolling deployment makes of each step: receivers of the step before and after.
  const steps = [by(old), by(old, fresh), by(fresh, old), by(fresh)];

  it('has no gap', async () => {
    for (const [at, sender] of steps.entries()) {
      const { webhook, body } = await startJob(sender);
      for (const receiver of steps.slice(Math.max(0, at - 1), at + 2)) {
        const delivery = await receiver.receive(post(webhook.url, body));
        expect(delivery.jobId).toBe(webhook.jobId);
      }
    }
  });

  it('ends with the old secret', async () => {
    const { webhook, body } = await startJob(by(old));
    expect((await refusalOf(by(fresh).receive(post(webhook.url, body)))).status).toBe(404);
    const { webhook: newer, body: newerBody } = await startJob(by(fresh));
    expect((await refusalOf(by(old).receive(post(newer.url, newerBody)))).status).toBe(404);
  });

  it('signs with the first', async () => {
    const { webhook } = await startJob(by(fresh, old));
    expect(readToken(tokenOf(webhook.url)).keyId).toEqual(keyIdOf(fresh));
  });

  it('takes ids of the secret that signed, not of another', async () => {
    const callbacks = by(fresh, old);
    const { webhook } = await startJob(callbacks);
    const { job } = readToken(tokenOf(webhook.url));
    const body = { [metricIdOf(old, job, 'replies')]: { values: 1 } };
    expect((await refusalOf(callbacks.receive(post(webhook.url, body)))).status).toBe(404);
  });
});
