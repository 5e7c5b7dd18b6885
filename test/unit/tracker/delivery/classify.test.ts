import { describe, expect, it } from 'vitest';
import { ApiError, ConfigError, DecodeError, TransportError } from '../../../../src/http/errors.ts';
import { createReoClient } from '../../../../src/reo/index.ts';
import { portOf } from '../../../../src/reo/port.ts';
import { classify } from '../../../../src/tracker/delivery/classify.ts';
import { reoSink } from '../../../../src/tracker/delivery/reo-sink.ts';
import type { Verdict } from '../../../../src/tracker/delivery/verdict.ts';
import { recordOf } from './support.ts';

const secret = 'sk-very-secret';

/** What the sink says of an answer, through a real client. */
const answered = async (
  status: number,
  body: string,
  headers: Record<string, string> = {},
): Promise<Verdict> => {
  const response = {
    status,
    type: 'default',
    headers: new Headers(headers),
    body: new Response(body).body,
  };
  const fetch = async () => response as unknown as Response;
  const reo = createReoClient({ apiKey: secret, baseUrl: 'http://localhost:1', fetch });
  return reoSink(portOf(reo))(recordOf('a'), new AbortController().signal);
};

const success = '{"response_code":"200","response":"Data Uploaded","status":"success"}';
const failure = '{"response_code":400,"response":"Invalid mode","status":"failure"}';
const authentication =
  '{"response_code":400,"response":"Authentication Failure","status":"failure"}';
const html = '<html>Bad Gateway</html>';

/** What is expected of a status and a body, written as the design has it. */
const expected = (status: number, body: string): string => {
  if (status >= 200 && status < 300) {
    if (body === success) return 'done';
    if (body === failure) return 'refused';
    return body === authentication ? 'hold authentication' : 'hold not-the-api';
  }
  if (status === 429) return 'wait rate-limit';
  if (status === 503) return 'wait outage';
  if (status >= 500) return 'retry ambiguous';
  if (status >= 300 && status < 400) return 'hold redirect';
  if (status === 401 || status === 403 || body === authentication) return 'hold authentication';
  if (status === 408 || status === 425) return 'retry';
  if ([400, 411, 413, 414, 415, 422, 431].includes(status)) return 'refused';
  return 'hold configuration';
};

const short = (verdict: Verdict): string =>
  [
    verdict.is,
    'reason' in verdict && verdict.is !== 'refused' ? verdict.reason : '',
    verdict.is === 'retry' && verdict.ambiguous ? 'ambiguous' : '',
  ]
    .filter((word) => word !== '')
    .join(' ');

describe('what an answer says', () => {
  it.each([
    ['success', success],
    ['failure', failure],
    ['authentication', authentication],
    ['html', html],
    ['nothing', ''],
    ['null', 'null'],
    ['another API', '{"ok":true}'],
  ])('of every status with %s', async (_, body) => {
    for (let status = 100; status < 600; status += 1) {
      const verdict = await answered(status, body);
      expect(`${status} ${short(verdict)}`).toBe(`${status} ${expected(status, body)}`);
    }
  });

  it.each([
    [401, 'hold authentication'],
    ['403', 'hold authentication'],
    [429, 'wait rate-limit'],
    ['503', 'wait outage'],
    [408, 'retry'],
    [500, 'retry ambiguous'],
    [422, 'refused'],
    [404, 'refused'],
    [302, 'refused'],
    [200, 'refused'],
    ['', 'refused'],
    [1e9, 'refused'],
  ])('of a failure in a 200 whose own code is %s', async (code, says) => {
    const body = JSON.stringify({ response_code: code, response: 'No', status: 'failure' });
    expect(short(await answered(200, body))).toBe(says);
  });

  it.each([
    ['Authentication Failure', true],
    ['authentication failed', true],
    ['Not authenticated', true],
    ['Unauthorized', true],
    // What a record holds must not stop the others.
    ['Invalid activity_type "Authentication"', false],
    ['Unknown activity: authentication failure', false],
  ])('of the text %s', async (response, isAuthentication) => {
    const verdict = await answered(400, JSON.stringify({ response, status: 'failure' }));
    expect(verdict.is).toBe(isAuthentication ? 'hold' : 'refused');
  });

  it.each([
    ['7', 7_000],
    ['0', 0],
    ['soon', undefined],
    ['-1', undefined],
    ['999999999', 999_999_999_000],
  ])('of Retry-After: %s', async (header, ms) => {
    expect(await answered(429, '', { 'retry-after': header })).toMatchObject({ is: 'wait', ms });
    expect(await answered(503, '', { 'retry-after': header })).toMatchObject({ is: 'wait', ms });
  });
});

describe('what no answer says', () => {
  const network = (code: string, ambiguous = false) =>
    new TransportError('network', 'failed on the network', ambiguous, {
      cause: Object.assign(new Error('x'), { cause: { code } }),
    });

  it.each([
    'CERT_HAS_EXPIRED',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'ERR_SSL_WRONG_VERSION_NUMBER',
    'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
    'EPROTO',
    'HOSTNAME_MISMATCH',
    'UNKNOWN_CERTIFICATE_VERIFICATION_ERROR',
  ])('of TLS: %s', (code) => {
    expect(classify(network(code))).toMatchObject({ is: 'hold', reason: 'tls' });
  });

  it.each([
    'ECONNREFUSED',
    'ConnectionRefused',
    'ECONNRESET',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EPIPE',
    'ETIMEDOUT',
    'ERR_TLS_HANDSHAKE_TIMEOUT',
    'UND_ERR_SOCKET',
  ])('of the network: %s', (code) => {
    expect(classify(network(code, false))).toMatchObject({ is: 'retry', ambiguous: false });
    expect(classify(network(code, true))).toMatchObject({ is: 'retry', ambiguous: true });
  });

  it.each([
    [new TransportError('timeout', 'late', true), 'retry ambiguous'],
    [new TransportError('timeout', 'late', false), 'retry'],
    [new TransportError('aborted', 'stopped', true), 'retry ambiguous'],
    [new TransportError('aborted', 'stopped', false), 'retry'],
    [new DecodeError('more than the size limit'), 'hold not-the-api'],
    [new ConfigError('the key is missing'), 'hold configuration'],
    [new ApiError('http', 'without a status'), 'hold configuration'],
    [new Error('out of nowhere'), 'retry ambiguous'],
    [undefined, 'retry ambiguous'],
    ['thrown', 'retry ambiguous'],
  ])('of %s', (error, says) => {
    expect(short(classify(error))).toBe(says);
  });

  it('of causes that go in circles', () => {
    const cause: { cause?: unknown } = {};
    cause.cause = cause;
    const error = new TransportError('network', 'failed', true, { cause });
    expect(classify(error)).toMatchObject({ is: 'retry' });
  });

  it('of a certificate, through the client', async () => {
    const fetch = () => Promise.reject(Object.assign(new Error(), { code: 'CERT_HAS_EXPIRED' }));
    const reo = createReoClient({ apiKey: secret, baseUrl: 'http://localhost:1', fetch });
    const verdict = await reoSink(portOf(reo))(recordOf('a'), new AbortController().signal);
    expect(verdict).toMatchObject({ is: 'hold', reason: 'tls' });
  });

  it('of a missing key', async () => {
    const reo = createReoClient({ apiKey: () => '', baseUrl: 'http://localhost:1' });
    const verdict = await reoSink(portOf(reo))(recordOf('a'), new AbortController().signal);
    expect(verdict).toMatchObject({ is: 'hold', reason: 'configuration' });
  });
});

describe('the words of a verdict', () => {
  it('tell a refusal as the API did, within bounds and harmless', async () => {
    const response = `no\u0007\u001b[31m\r\n\u202eway ${'x'.repeat(500)}😀`;
    const verdict = await answered(422, JSON.stringify({ response }));
    if (verdict.is !== 'refused') return expect.fail(verdict.is);
    expect(verdict.reason).toMatch(/^POST \/api\/product\/usage answered 422: no \[31m way x+$/);
    expect(verdict.reason.length).toBeLessThan(260);
    // oxlint-disable-next-line no-control-regex -- these are what must not be there
    expect(verdict.reason).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
  });

  it('cut no character in half', async () => {
    const verdict = await answered(422, JSON.stringify({ response: `${'x'.repeat(199)}😀` }));
    expect(verdict).toMatchObject({ is: 'refused', reason: expect.stringMatching(/: x{199}$/) });
  });

  it.each([401, 302, 404, 429, 500, 200])('hold nothing that a %s wrote', async (status) => {
    const body = JSON.stringify({ response: `leak ${secret}`, message: 'leak', status: 'success' });
    const headers = { location: 'https://leak', 'retry-after': '1' };
    const text = JSON.stringify(await answered(status, body, headers));
    expect(text).toMatch(status === 200 ? /no response_code/ : new RegExp(`answered ${status}`));
    expect(text).not.toMatch(/leak|secret|attempt/);
  });
});
