import { describe, expect, it } from 'vitest';
import { redactHeaders, redactText, redactUrl, secretsOf } from '../../../src/mock/redact.ts';

const R = '[redacted]';

describe('headers', () => {
  it('lose their credentials, and nothing else', () => {
    expect(
      redactHeaders({
        authorization: 'Bearer abc',
        cookie: 'a=b',
        'set-cookie': 'a=b',
        'proxy-authorization': 'Basic x',
        'x-api-key': 'key',
        'x-customer-token': '',
        accept: '*/*',
      }),
    ).toEqual({
      authorization: R,
      cookie: R,
      'set-cookie': R,
      'proxy-authorization': R,
      'x-api-key': R,
      'x-customer-token': '',
      accept: '*/*',
    });
  });
});

describe('secrets', () => {
  const redact = (text: string, headers: Record<string, string>): string =>
    redactText(text, secretsOf(headers));

  it.each([
    ['Bearer tok/en+1', 'x tok/en+1 y', `x ${R} y`],
    ['bearer   tok/en+1 ', 'tok%2Fen%2B1', R],
    ['Basic tok/en+1', '{"a":"tok\\/en+1"}', `{"a":"${R}"}`],
    ['Bearer a"b\\c', '{"a":"a\\"b\\\\c"}', `{"a":"${R}"}`],
    ['Bearer $&$1', 'a $&$1 b', `a ${R} b`],
    ['Bearer .*', 'untouched', 'untouched'],
    ['Bearer abc', 'abc is too short', 'abc is too short'],
    ['', 'nothing', 'nothing'],
  ])('of %j leave %j', (authorization, text, clean) => {
    expect(redact(text, { authorization })).toBe(clean);
  });

  it('that begin alike are both taken out whole', () => {
    const headers = { 'x-api-key': 'secret', 'x-customer-token': 'secret_longer' };
    expect(redact('secret_longer secret', headers)).toBe(`${R} ${R}`);
  });
});

describe('fields', () => {
  it.each([
    ['{"api_token":"abc","b":1}', `{"api_token":"${R}","b":1}`],
    ['{ "api_token" :\n "a\\"b\\\\" , "b":"c"}', `{ "api_token" :\n "${R}" , "b":"c"}`],
    ['[{"api_token":"a"},{"api_token":"b"}]', `[{"api_token":"${R}"},{"api_token":"${R}"}]`],
    ['{"api_token":"cut of', `{"api_token":"${R}`],
    ['{"api_token":"cut\\', `{"api_token":"${R}`],
    ['{"api_token":""}', '{"api_token":""}'],
    ['{"api_token":null}', '{"api_token":null}'],
    ['{"my_api_token":"kept"}', '{"my_api_token":"kept"}'],
    ['"api_token', '"api_token'],
    [
      '{"metrics_webhook_url":"https://a.test/secret?x"}',
      `{"metrics_webhook_url":"https://a.test/${R}"}`,
    ],
    [
      '{"metrics_webhook_url":"https:\\/\\/a.test\\/s"}',
      `{"metrics_webhook_url":"https://a.test/${R}"}`,
    ],
    [
      '{"metrics_webhook_url":"https://user:pw@a.test"}',
      '{"metrics_webhook_url":"https://a.test"}',
    ],
    ['{"metrics_webhook_url":"no url"}', `{"metrics_webhook_url":"${R}"}`],
    ['{"metrics_webhook_url":"https://a.test/cut', `{"metrics_webhook_url":"https://a.test/${R}`],
  ])('%s', (text, clean) => {
    expect(redactText(text, [])).toBe(clean);
  });

  // A pattern with a choice in it ran out of stack at 16 MB, which an upstream may answer.
  it.each([
    ['an open text', (n: number) => `"api_token":"${'a'.repeat(n)}`],
    ['a text', (n: number) => `"api_token":"${'a'.repeat(n)}"`],
    ['escapes', (n: number) => `"api_token":"${'\\n'.repeat(n / 2)}`],
    ['backslashes', (n: number) => `"api_token":"${'\\'.repeat(n)}"`],
    ['escaped quotes', (n: number) => `"api_token":"${'\\"'.repeat(n / 2)}`],
    ['names', (n: number) => '"api_token":"'.repeat(n / 13)],
    ['names alone', (n: number) => '"api_token"'.repeat(n / 11)],
    ['spaces', (n: number) => `"api_token"${' '.repeat(n)}:${' '.repeat(n)}`],
    ['a URL', (n: number) => `"metrics_webhook_url":"http://a/${'a'.repeat(n)}"`],
    ['a host', (n: number) => `"metrics_webhook_url":"http://${'a.'.repeat(n / 2)}"`],
  ])('of 16 MB take no more than moments: %s', (_what, make) => {
    const text = make(16_000_000);
    const begun = performance.now();
    redactText(text, ['some-secret']);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});

it('a URL says where it leads, and no more', () => {
  expect(redactUrl('https://a.test:8443/')).toBe('https://a.test:8443');
  expect(redactUrl('https://a.test/x#y')).toBe(`https://a.test/${R}`);
  expect(redactUrl('https://a.test/?x')).toBe(`https://a.test/${R}`);
  expect(redactUrl('')).toBe(R);
});
