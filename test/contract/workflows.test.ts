import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMockServer } from '../../src/mock/index.ts';
import { startPrism } from './prism-cli.ts';

type Target = { readonly url: string; readonly close: () => Promise<void> };

const root = fileURLToPath(new URL('../../', import.meta.url));
const starts: Record<string, (name: 'reo' | 'reportei') => Promise<Target>> = {
  'plain Prism': startPrism,
  'the emulator': () => startMockServer(),
};
const metricIds = [
  'f35a44ce-dac5-4188-aace-5c44a8952176',
  '3051ed66-a05c-462a-aece-e1d900e78b02',
  'b3a949ac-f6ae-4bd1-bb90-1e8e0cbe8ed5',
];

describe.each(Object.keys(starts))('the workflows of Reo on %s', (target) => {
  let server: Target;
  beforeAll(async () => {
    server = await starts[target]!('reo');
  });
  afterAll(() => server.close());

  it('all pass', async () => {
    // The emulator knows a wrong key by itself, so no answer is asked of it.
    const inputs = target === 'the emulator' ? ['prefer=return=minimal'] : [];
    const run = await respect('reo', server.url, inputs);
    expect(run.output).toContain('Workflows: 5 passed, 5 total');
    expect(run.code).toBe(0);
  });
});

describe.each(Object.keys(starts))('the workflows of Connect on %s', (target) => {
  let server: Target;
  beforeAll(async () => {
    server = await starts[target]!('reportei');
  });
  afterAll(() => server.close());

  it('all pass, and the webhook gets the metrics', async () => {
    const inbox = await startInbox();
    try {
      const run = await respect('reportei', server.url, [`webhookUrl=${inbox.url}/hook`]);
      expect(run.output).toContain('Workflows: 3 passed, 3 total');
      expect(run.code).toBe(0);
      const { method, path, body } = await inbox.first;
      expect({ method, path }).toEqual({ method: 'POST', path: '/hook' });
      expect(Object.keys(JSON.parse(body))).toEqual(metricIds);
    } finally {
      await inbox.close();
    }
  });
});

describe('a server that answers everything by {}', () => {
  it.each(['reo', 'reportei'] as const)('fails the workflows of %s', async (name) => {
    const inbox = await startInbox();
    try {
      const run = await respect(name, inbox.url, []);
      expect(run.output).toMatch(/Workflows: (0 passed, )?\d+ failed/);
      expect(run.code).not.toBe(0);
    } finally {
      await inbox.close();
    }
  });
});

/** Runs the real command, as a reader of the Arazzo documents would. */
async function respect(
  name: string,
  url: string,
  inputs: readonly string[],
): Promise<{ code: number; output: string }> {
  const args = [`openapi/${name}.arazzo.yaml`, '--server', `${name}=${url}`];
  for (const input of inputs) args.push('--input', input);
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['node_modules/.bin/redocly', 'respect', ...args],
      {
        cwd: root,
        env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
      },
      (error, stdout, stderr) => {
        const code = typeof error?.code === 'number' ? error.code : error ? 1 : 0;
        resolve({ code, output: `${stdout}\n${stderr}` });
      },
    );
  });
}

type Received = { readonly method: string; readonly path: string; readonly body: string };

/** Keeps the first request it gets, and answers `{}` to all. */
async function startInbox(): Promise<Target & { readonly first: Promise<Received> }> {
  let server!: Server;
  const first = new Promise<Received>((resolve) => {
    server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8');
      request.on('data', (chunk: string) => (body += chunk));
      request.on('end', () => {
        resolve({ method: request.method ?? '', path: request.url ?? '', body });
        response.setHeader('content-type', 'application/json').end('{}');
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('The inbox has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    first,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
