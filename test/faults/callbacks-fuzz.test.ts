import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createCallbacks, isSdkError } from '../../src/reportei/callbacks/index.ts';
import { keyIdOf, makeToken, readToken, tokenOf } from '../support/callback-token.ts';
import {
  bodyOf,
  dashboard,
  options,
  otherSecret,
  post,
  secret,
  url,
} from '../support/callbacks.ts';

/** All of them in the long run. */
const tokens = process.env.LONG ? 1_000_000 : 3_000;
const bodies = process.env.LONG ? 20_000 : 300;

const elsewhere = 'https://app.example.com/hooks/reporte';
const stranger = 'a secret of nobody that is here, but long';

interface Job {
  readonly token: string;
  /** The body that would be accepted under the untouched token. */
  readonly body: string;
}

/** Jobs of this receiver, under both secrets, with contexts of all lengths mod 3. */
const jobs: Job[] = [];
/** What must not be accepted, though somebody signed it: parts for new tokens. */
const foreign: string[] = [];

const callbacks = createCallbacks(options);

beforeAll(async () => {
  const contexts = ['', 'a', 'ab', 'abc', 'customer-17', 'customer-18', 'ü'.repeat(30)];
  for (const context of contexts) {
    for (const secrets of [[secret], [otherSecret]]) {
      const { url, ids } = await createCallbacks({ ...options, secrets }).prepare(dashboard, {
        context,
      });
      jobs.push({ token: tokenOf(url), body: JSON.stringify(bodyOf(ids)) });
    }
    for (const other of [{ secrets: [stranger] }, { url: elsewhere }]) {
      const { url } = await createCallbacks({ ...options, ...other }).prepare(dashboard);
      foreign.push(tokenOf(url));
    }
  }
});

const alphabet = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');
/** Nothing that cuts the query, and nothing that a URL drops before anybody sees it. */
const printable = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i)).filter(
  (char) => !'&#'.includes(char),
);

const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const at = (share: number, length: number): number => Math.floor(share * length);
const bytesOf = (token: string): Buffer => Buffer.from(token, 'base64url');
const pick = <T>(list: readonly T[], share: number): T => list[at(share, list.length)] as T;
const replaced = (text: string, from: number, to: number, by: string): string =>
  text.slice(0, from) + by + text.slice(to);

/** Each makes of a good token a text that must not pass for one. */
type Alteration = (token: string) => string;

const alterations: fc.Arbitrary<Alteration> = fc.oneof(
  // Bits and bytes, in the one encoding.
  fc.tuple(place, fc.nat(7)).map(([share, bit]) => (token: string) => {
    const bytes = bytesOf(token);
    const i = at(share, bytes.length);
    bytes[i] = (bytes[i] as number) ^ (1 << bit);
    return bytes.toString('base64url');
  }),
  fc
    .tuple(place, fc.uint8Array({ minLength: 1, maxLength: 8 }))
    .map(([share, by]) => (token: string) => {
      const bytes = bytesOf(token);
      bytes.set(by, at(share, bytes.length - by.length));
      return bytes.toString('base64url');
    }),
  fc.tuple(place, place).map(([a, b]) => (token: string) => {
    const bytes = bytesOf(token);
    const [i, j] = [at(a, bytes.length), at(b, bytes.length)];
    [bytes[i], bytes[j]] = [bytes[j] as number, bytes[i] as number];
    return bytes.toString('base64url');
  }),
  fc.tuple(place, place).map(([a, b]) => (token: string) => {
    const bytes = bytesOf(token);
    const [from, to] = [at(a, bytes.length), at(b, bytes.length)].toSorted((x, y) => x - y);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]).toString('base64url');
  }),
  fc
    .tuple(place, fc.uint8Array({ minLength: 1, maxLength: 40 }))
    .map(([share, more]) => (token: string) => {
      const bytes = bytesOf(token);
      const i = at(share, bytes.length + 1);
      return Buffer.concat([bytes.subarray(0, i), more, bytes.subarray(i)]).toString('base64url');
    }),
  // Characters.
  fc.tuple(place, fc.constantFrom(...alphabet)).map(([share, char]) => (token: string) => {
    const i = at(share, token.length);
    return replaced(token, i, i + 1, char);
  }),
  // The last ones often: bits that no byte needs are there.
  fc.constantFrom(...alphabet).map((char) => (token: string) => token.slice(0, -1) + char),
  fc.tuple(place, fc.constantFrom(...printable)).map(([share, char]) => (token: string) => {
    const i = at(share, token.length);
    return replaced(token, i, i + 1, char);
  }),
  fc
    .tuple(place, fc.constantFrom(...printable, '%00', '%0A', '%20', '%E2%80%8B'))
    .map(([share, more]) => (token: string) => {
      const i = at(share, token.length + 1);
      return replaced(token, i, i, more);
    }),
  fc.tuple(place, place).map(([a, b]) => (token: string) => {
    const [i = 0, j = 0] = [at(a, token.length), at(b, token.length)].toSorted((x, y) => x - y);
    const chars = Array.from(token);
    [chars[i], chars[j]] = [token[j] as string, token[i] as string];
    return chars.join('');
  }),
  place.map((share) => (token: string) => token.slice(0, at(share, token.length))),
  place.map((share) => (token: string) => token.slice(1 + at(share, token.length))),
  fc
    .constantFrom('=', '==', '%3D', '%3d%3d', '.', '~')
    .map((end) => (token: string) => token + end),
  // Other encodings of the same.
  fc.constantFrom<Alteration>(
    (token: string) => bytesOf(token).toString('base64'),
    (token: string) => encodeURIComponent(bytesOf(token).toString('base64')),
    (token: string) => bytesOf(token).toString('hex'),
    (token: string) => Buffer.from(token).toString('base64url'),
    (token: string) => token.toLowerCase(),
    (token: string) => token.toUpperCase(),
    (token: string) => token.replaceAll('-', '+').replaceAll('_', '/'),
    (token: string) => Array.from(token).toReversed().join(''),
    (token: string) => `${token}&t=${token}`,
    (token: string) => `&t=${token}&t=${token}`,
    (token: string) => `${token}&%74=${token}`,
    (token: string) => `${token}&t`,
  ),
  place.map((share) => (token: string) => {
    const i = at(share, token.length);
    return replaced(token, i, i + 1, `%${token.charCodeAt(i).toString(16)}`);
  }),
  // Parts of several tokens, the signature of another, claims under another key.
  fc.tuple(place, place).map(([which, share]) => (token: string) => {
    const [one, other] = [bytesOf(token), bytesOf(pick(jobs, which).token)];
    const i = at(share, one.length);
    return Buffer.concat([one.subarray(0, i), other.subarray(i)]).toString('base64url');
  }),
  fc.tuple(place, place, place).map(([which, a, b]) => (token: string) => {
    const [one, other] = [bytesOf(token), bytesOf(pick(jobs, which).token)];
    const [from = 0, to = 0] = [at(a, one.length), at(b, one.length)].toSorted((x, y) => x - y);
    one.set(other.subarray(from, Math.min(to, other.length)), from);
    return one.toString('base64url');
  }),
  place.map((which) => (token: string) => {
    const other = bytesOf(pick(jobs, which).token).subarray(-32);
    return Buffer.concat([bytesOf(token).subarray(0, -32), other]).toString('base64url');
  }),
  place.map((which) => () => pick(foreign, which)),
  place.map((which) => (token: string) => {
    const other = bytesOf(pick(foreign, which)).subarray(-32);
    return Buffer.concat([bytesOf(token).subarray(0, -32), other]).toString('base64url');
  }),
  // All claims as they should be, signed by who does not know the secret, or for another place.
  fc.constantFrom<Alteration>(
    (token: string) => makeToken({ ...readToken(token), secret: stranger, url }),
    (token: string) => makeToken({ ...readToken(token), secret, url: elsewhere }),
    (token: string) => makeToken({ ...readToken(token), secret, url, version: 2 }),
    (token: string) => makeToken({ ...readToken(token), secret, url, keyId: keyIdOf(stranger) }),
    (token: string) => {
      const claims = readToken(token);
      const keyId = keyIdOf(claims.keyId.equals(keyIdOf(secret)) ? otherSecret : secret);
      return makeToken({ ...claims, secret, url, keyId });
    },
  ),
  fc.string({ maxLength: 220, unit: fc.constantFrom(...printable) }).map((text) => () => text),
  fc.string({ maxLength: 220, unit: fc.constantFrom(...alphabet) }).map((text) => () => text),
);

describe('a token that was altered in any way', () => {
  it(`is refused, ${tokens.toLocaleString('en')} times`, { timeout: 3_600_000 }, async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(place, alterations, async (which, alter) => {
        const { token, body } = pick(jobs, which);
        const altered = alter(token);
        fc.pre(jobs.every((job) => job.token !== altered));
        const outcome = await callbacks.receive(post(`${url}?t=${altered}`, body)).then(
          () => 'accepted',
          (error: unknown) => (isSdkError(error) ? error.status : error),
        );
        expect(outcome).toBe(404);
        refused += 1;
      }),
      { numRuns: tokens, maxSkipsPerRun: 10 },
    );
    expect(refused).toBe(tokens);
    // What was altered was good.
    for (const { token, body } of jobs) await callbacks.receive(post(`${url}?t=${token}`, body));
  });
});

describe('who has a URL and no secret', () => {
  it(`forges no body, ${bodies.toLocaleString('en')} times`, { timeout: 600_000 }, async () => {
    const claimed: string[] = [];
    const guarded = createCallbacks({
      ...options,
      seen: { claim: (id) => (claimed.push(id), true), release: () => {} },
    });
    let runs = 0;
    const handler = guarded.handler(() => (runs += 1));
    const { token } = jobs[0] as Job;
    const { job } = readToken(token);
    // All that can be read in the URL, and ids of other jobs.
    const words = [
      'replies',
      'gender',
      'data',
      '__proto__',
      'constructor',
      'toString',
      'dashboard',
      token,
      job.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
      ...jobs.slice(1).flatMap(({ body }) => Object.keys(JSON.parse(body) as object)),
    ];
    const key = fc.oneof(fc.constantFrom(...words), fc.uuid(), fc.string());
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.jsonValue(),
        fc.record({ values: fc.jsonValue(), labels: fc.jsonValue() }),
        tie('object'),
        fc.record({ data: tie('object') }),
      ),
      object: fc.dictionary(key, tie('value'), { maxKeys: 6 }),
    }));
    await fc.assert(
      fc.asyncProperty(value, async (body) => {
        const answer = await handler(post(`${url}?t=${token}`, JSON.stringify(body)));
        expect(answer.status).toBe(404);
      }),
      { numRuns: bodies },
    );
    expect([runs, claimed]).toEqual([0, []]);
  });
});
