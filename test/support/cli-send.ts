import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repository } from './package.ts';

/** A server that takes usage records, and counts how often each arrived. */
export interface UsageServer extends AsyncDisposable {
  readonly url: string;
  /** By `event_id`, the payloads in the order in which they arrived. */
  readonly payloads: ReadonlyMap<string, readonly string[]>;
  readonly arrived: () => number;
  /** Resolves when so many requests have arrived. */
  readonly hasArrived: (requests: number) => Promise<void>;
  /** The most requests that were under way at once. */
  readonly mostAtOnce: () => number;
  /** How each record is answered from now on; `taken` by default. */
  answer: (response: ServerResponse, payload: string) => void;
}

export const reply =
  (status: number, body: object): UsageServer['answer'] =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };

export const accept = reply(200, {
  response_code: '200',
  response: 'Data Uploaded',
  status: 'success',
});

export const startUsageServer = async (): Promise<UsageServer> => {
  const payloads = new Map<string, string[]>();
  const waiting = new Set<() => void>();
  let [arrived, atOnce, most] = [0, 0, 0];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    atOnce += 1;
    most = Math.max(most, atOnce);
    response.on('close', () => (atOnce -= 1));
    request.on('error', () => undefined);
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { payload } = JSON.parse(Buffer.concat(chunks).toString()) as {
        readonly payload: { readonly event_id: string };
      };
      const text = JSON.stringify(payload);
      payloads.set(payload.event_id, [...(payloads.get(payload.event_id) ?? []), text]);
      arrived += 1;
      for (const look of waiting) look();
      usage.answer(response, text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const usage: UsageServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    payloads,
    arrived: () => arrived,
    hasArrived: (requests) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (arrived < requests) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    mostAtOnce: () => most,
    answer: accept,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
  return usage;
};

export interface SendEnded {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** A run of `tallywire send`, as built. */
export interface SendRun {
  readonly child: ChildProcess;
  readonly ended: Promise<SendEnded>;
  readonly stderr: () => string;
}

export const startSend = (
  url: string,
  args: readonly string[],
  { env = {}, input = '' }: { readonly env?: NodeJS.ProcessEnv; readonly input?: string } = {},
): SendRun => {
  const child = spawn(process.execPath, ['dist/cli.js', 'send', ...args], {
    cwd: repository,
    env: { ...process.env, REO_BASE_URL: url, REO_API_KEY: 'secret-key', ...env },
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (err += chunk));
  const ended = new Promise<SendEnded>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, out, err }));
  });
  return { child, ended, stderr: () => err };
};

export const summaryOf = (out: string): Readonly<Record<string, unknown>> =>
  JSON.parse(out) as Record<string, unknown>;

export interface Folder {
  readonly path: string;
  /** A file of events of which every hundredth is bad. */
  readonly bigFile: (rows: number) => { readonly file: string; readonly good: number };
  readonly remove: () => void;
}

export const makeFolder = (): Folder => {
  const path = mkdtempSync(join(tmpdir(), 'tallywire-'));
  let files = 0;
  const row = (i: number): string =>
    i % 100 === 99
      ? `{"row":${i}}\n`
      : `{"activity_type":"A","product_id":"p","user_id":"u${i}","user_id_type":"EMAIL","event_at":${
          1_700_000_000 + i
        }}\n`;
  return {
    path,
    bigFile: (rows) => {
      const file = join(path, `big-${(files += 1)}.ndjson`);
      writeFileSync(file, Array.from({ length: rows }, (_, i) => row(i)).join(''));
      return { file, good: rows - Math.floor(rows / 100) };
    },
    remove: () => rmSync(path, { recursive: true }),
  };
};
