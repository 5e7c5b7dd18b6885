import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { taken } from '../../src/testing/answers.ts';
import { hostileServer } from '../../src/testing/hostile-server.ts';
import { buildPackage } from '../support/build.ts';

beforeAll(buildPackage, 180_000);

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A proxy that notes where it is asked to connect to, and refuses unless told to let through. */
const startProxy = async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(502).end();
  });
  server.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    const [host = '', port] = (request.url ?? '').split(':');
    if (host !== '127.0.0.1') return socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    const through = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(through).pipe(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** The environment is read once a process, so each case sends from a process of its own. */
const sendFromChild = async (baseUrl: string, env: Record<string, string>): Promise<string> => {
  const code = `
    import { createReoClient } from './dist/src/reo/index.js';
    const reo = createReoClient({ apiKey: 'k', baseUrl: ${JSON.stringify(baseUrl)}, maxRetries: 0, timeout: '5s' });
    await reo
      .send({ activity_type: 'L', product_id: 'p', user_id: 'u', user_id_type: 'EMAIL' })
      .then(() => console.log('sent'), (error) => console.log(error.code));
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: root,
    env: { PATH: process.env.PATH, ...env },
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await once(child, 'close');
  return output.trim();
};

describe('a proxy in the environment', () => {
  it('carries https', async () => {
    await using proxy = await startProxy();
    expect(await sendFromChild('https://ingest.invalid', { HTTPS_PROXY: proxy.url })).toBe(
      'network',
    );
    expect(proxy.asked).toEqual(['ingest.invalid:443']);
  });

  it('is left out for what NO_PROXY names', async () => {
    await using proxy = await startProxy();
    const env = { HTTPS_PROXY: proxy.url, NO_PROXY: 'ingest.invalid' };
    expect(await sendFromChild('https://ingest.invalid', env)).toBe('network');
    expect(proxy.asked).toEqual([]);
  });

  it('is left out for everything when NO_PROXY is *', async () => {
    await using proxy = await startProxy();
    const env = { HTTPS_PROXY: proxy.url, NO_PROXY: 'a.example, *' };
    expect(await sendFromChild('https://ingest.invalid', env)).toBe('network');
    expect(proxy.asked).toEqual([]);
  });

  it('is an error without its address when it has none', async () => {
    const output = await sendFromChild('https://ingest.invalid', {
      HTTPS_PROXY: 'http//user:hunter2@proxy:99',
    });
    expect(output).toBe('config');
  });

  it.each(['127.0.0.1', '127.0.0.2'])('is left out for this machine: %s', async (host) => {
    await using proxy = await startProxy();
    await using server = await hostileServer(taken);
    const url = server.url.replace('127.0.0.1', host);
    const sent = await sendFromChild(url, { HTTP_PROXY: proxy.url });
    // The server listens on the first only.
    expect(sent).toBe(host === '127.0.0.1' ? 'sent' : 'network');
    expect(proxy.asked).toEqual([]);
  });
});
