import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { loadDocument } from '../contract/documents.ts';
import { CUSTOMER, REO, startTested, type TestedMock } from '../unit/mock/support.ts';

// Whatever is sent: an answer that the contract knows, soon, and an emulator that goes on.

const SOON_MS = 5_000;
export const USAGE = '/api/product/usage';
export const COUNT = '/api/product/aggregateusage';
export const METRICS = '/api/metrics/get-data';
export const SESSION = '/api/customer-integrations/session';

let mock: TestedMock;
export const theMock = (): TestedMock => mock;

/** Starts the emulator for the tests of a file, and looks after each of them whether it goes on. */
export function guard(): void {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  beforeAll(async () => {
    process.on('unhandledRejection', note);
    // As many as it likes: this is not about the rate limit.
    mock = await startTested({ settings: { rateLimit: null } });
  });
  afterEach(async () => {
    expect((await mock.call('GET /__mock/health')).status).toBe(200);
    expect(unhandled).toEqual([]);
    expect(mock.lines.filter((line) => line.includes('BUG'))).toEqual([]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
  afterAll(async () => {
    await mock.close();
    process.off('unhandledRejection', note);
  });
}

const { validator } = loadDocument('reportei');
const FAILURES = {
  reo: [loadDocument('reo').validator('FailureAnswer')],
  reportei: [validator('ErrorMessage'), validator('ValidationErrors')],
};

export interface Arrived {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** Sends bytes as they are; resolves to the first answer, or to status 0 if there was none. */
export function send(
  bytes: string | Buffer,
  ...later: readonly (string | Buffer)[]
): Promise<Arrived> {
  return new Promise((resolve, reject) => {
    const socket = connect(mock.port, '127.0.0.1', () => {
      for (const part of [bytes, ...later]) socket.write(part);
    });
    let answer = '';
    socket.setTimeout(SOON_MS, () => {
      socket.destroy();
      reject(new Error(`no answer after ${SOON_MS} ms, only ${answer.slice(0, 200)}`));
    });
    socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      const [head = '', ...rest] = answer.split('\r\n\r\n');
      resolve({ status: Number(head.slice(9, 12)), head, body: rest.join('\r\n\r\n') });
    });
  });
}

export interface Shot {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export const KEYS = { ...REO, ...CUSTOMER };

export function shoot(
  path: string,
  { method = 'POST', headers = {}, body = '' }: Shot,
): Promise<Arrived> {
  const bytes = Buffer.from(body);
  const all = {
    Host: 'localhost',
    Connection: 'close',
    'Content-Type': 'application/json',
    'Content-Length': String(bytes.length),
    ...KEYS,
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return send(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, bytes);
}

/** The answer is a success, or a failure as the API's document has it; it shows no innards. */
export function expectInContract(path: string, { status, head, body: text }: Arrived): void {
  expect(status).toBeGreaterThanOrEqual(200);
  expect(status).toBeLessThan(500);
  expect(head).toMatch(/^(HTTP\/1.1 \d+ [^\r\n]*(\r\n[\w-]+: [^\r\n]*)*)?$/);
  expect(text).not.toMatch(/\bat .*(\.[jt]s:\d|node:)|BUG|node_modules/);
  if (status < 400) return;
  const value: unknown = JSON.parse(text);
  const api = /^(\/api)?\/product(\/|$)/.test(pathname(path)) ? 'reo' : 'reportei';
  expect([value, FAILURES[api].some((fits) => fits(value))]).toEqual([value, true]);
}

/** Without query, and without the host where a proxy was meant. */
const pathname = (target: string): string => target.replace(/^https?:\/\/[^/?#]*/i, '');
