import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { asCurl } from '../../../src/mock/page/lib/curl.ts';

const request = (body: string, headers: Record<string, string> = {}, bytes?: number) => ({
  method: 'POST',
  path: '/api/product/usage',
  query: '',
  request: { headers, body, bytes: bytes ?? Buffer.byteLength(body) },
});

const origin = 'http://127.0.0.1:4010';

const folder = mkdtempSync(join(tmpdir(), 'tallywire-curl-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a shell makes of the command: curl's arguments and its standard input. */
const run = (command: string): { readonly args: readonly string[]; readonly input: string } => {
  const curl = 'curl() { for one; do printf "%s\\036" "$one"; done; printf "\\035"; cat; }\n';
  const script = join(folder, 'script.sh');
  writeFileSync(script, curl + command);
  const output = execFileSync('/bin/sh', [script], {
    encoding: 'utf8',
    input: '',
    env: { REO_API_KEY: 'key', REPORTEI_TOKEN: 'token', REPORTEI_CUSTOMER_TOKEN: 'customer' },
  });
  const [args = '', input = ''] = output.split('\x1d');
  return { args: args.split('\x1e').slice(0, -1), input };
};

const body = (command: string): string => {
  const { args, input } = run(command);
  const at = args.indexOf('--data-raw');
  return at === -1 ? input : (args[at + 1] ?? '');
};

describe('a request as curl', () => {
  it('says method, address and query', () => {
    const { args } = run(asCurl({ ...request(''), method: 'GET', query: 'a=[1]&b=$x' }, origin));
    expect(args).toContain(`${origin}/api/product/usage?a=[1]&b=$x`);
    expect(args.slice(args.indexOf('-X'), args.indexOf('-X') + 2)).toEqual(['-X', 'GET']);
  });

  it.each([
    ['quotes', `it's "quoted" \`and\` $HOME \\ !bang`],
    ['lines', 'one\ntwo\n'],
    ['a file name for curl', '@/etc/passwd'],
    ['letters of others', '{"a":"ü – 日本 😀"}'],
    ['the end of a paste', "a\x1b[201~\nrm -rf ~\n'%s\\n"],
    ['octal digits after an escape', '\x017\x0112%'],
    ['more than an argument holds', `'${'x'.repeat(200_000)}`],
  ])('keeps a body with %s', (_, text) => {
    expect(body(asCurl(request(text), origin))).toBe(text);
  });

  it('shows a terminal no control characters', () => {
    const command = asCurl(request('\x1b]0;title\x07\r\x7f\x9b'), origin);
    // oxlint-disable-next-line no-control-regex
    expect(command).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f]/);
  });

  it('leaves keys to the shell, where it has them', () => {
    const headers = {
      'x-api-key': '[redacted]',
      authorization: 'Bearer [redacted]',
      'x-customer-token': '[redacted]',
    };
    const command = asCurl(request('{}', headers), origin);
    expect(command).not.toContain('redacted');
    const { args } = run(command);
    expect(args).toEqual(
      expect.arrayContaining([
        'x-api-key: key',
        'authorization: Bearer token',
        'x-customer-token: customer',
      ]),
    );
  });

  it('leaves out what curl makes, and keeps a header without a value', () => {
    const headers = { host: 'x', 'content-length': '2', accept: '', 'x-a': "it's" };
    const { args } = run(asCurl(request('{}', headers), origin));
    const sent = args.filter((_, index) => args[index - 1] === '-H');
    expect(sent).toEqual(['accept;', "x-a: it's", 'content-type:']);
  });

  it('says when the body is not whole', () => {
    expect(asCurl(request('{"a":', {}, 5_000_000), origin)).toMatch(/^# .*5 of its 5000000 bytes/);
  });
});
