import { networkInterfaces } from 'node:os';
import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { startMockServer } from '../../../src/mock/index.ts';
import type { Caller } from '../../../src/mock/server/caller.ts';
import { foreignProblem, type Access } from '../../../src/mock/server/hosts.ts';

const ACCESS: Access = { bound: '127.0.0.1', allowedHosts: [], allowedOrigins: [] };
const CALLER: Caller = {
  host: 'localhost:4010',
  origin: undefined,
  site: undefined,
  opens: false,
  webhook: false,
  local: '127.0.0.1',
  remote: '127.0.0.1',
};

/** What is refused: nothing, the control API, or everything. */
function refused(caller: Partial<Caller>, access: Partial<Access> = {}): string {
  const problems = [false, true].map((control) =>
    foreignProblem({ ...CALLER, ...caller }, { ...ACCESS, ...access }, control),
  );
  for (const one of problems) if (one) expect(one.status).toBe(403);
  return problems[0]
    ? problems[1]
      ? 'all'
      : 'the APIs alone'
    : problems[1]
      ? 'control'
      : 'nothing';
}

describe('the host', () => {
  it.each([
    ['localhost', 'nothing'],
    ['LOCALHOST:1', 'nothing'],
    ['a.b.localhost:80', 'nothing'],
    ['127.0.0.1:4010', 'nothing'],
    ['127.255.1.2', 'nothing'],
    ['[::1]', 'nothing'],
    ['', 'all'],
    ['evil.test', 'all'],
    ['localhost.evil.test', 'all'],
    ['127.0.0.1.nip.io', 'all'],
    ['127.0.0.1.evil.test:4010', 'all'],
    ['evil.test#.localhost', 'all'],
    ['evil.test/.localhost', 'all'],
    ['evil.test\\.localhost', 'all'],
    ['evil.test?.localhost', 'all'],
    ['user@localhost', 'all'],
    ['localhost@evil.test', 'all'],
    ['localhost:80@evil.test', 'all'],
    ['evil.test\n.localhost', 'all'],
    ['localhost\n', 'all'],
    ['localhost.', 'all'],
    ['localhost:80:80', 'all'],
    ['localhost:', 'all'],
    ['localhost:x', 'all'],
    ['localhost, evil.test', 'all'],
    ['0x7f.1', 'all'],
    ['2130706433', 'all'],
    ['127.1', 'all'],
    ['[::ffff:127.0.0.1]', 'all'],
    ['[::1', 'all'],
    ['::1', 'all'],
    ['[::1]evil.test', 'all'],
    ['[localhost]', 'all'],
    ['0.0.0.0', 'all'],
    ['192.168.0.7', 'all'],
    ['ｌocalhost', 'all'],
    ['a'.repeat(100_000), 'all'],
    [`${'a.'.repeat(50_000)}localhost`, 'nothing'],
  ])('%j is refused: %s', (host, what) => {
    const begun = performance.now();
    expect(refused({ host })).toBe(what);
    expect(performance.now() - begun).toBeLessThan(100);
  });

  it('may be the address that is listened on, for the APIs', () => {
    expect(refused({ host: '192.168.0.7:80' }, { bound: '192.168.0.7' })).toBe('control');
    expect(refused({ host: '[fd00::2]' }, { bound: 'fd00::2' })).toBe('control');
    expect(refused({ host: '192.168.0.8' }, { bound: '192.168.0.7' })).toBe('all');
    expect(refused({ host: '' }, { bound: '' })).toBe('all');
  });

  it('may be the address that was reached, for the APIs', () => {
    const access = { bound: '0.0.0.0' };
    expect(refused({ host: '10.0.0.5:4010', local: '10.0.0.5' }, access)).toBe('control');
    expect(refused({ host: '10.0.0.5', local: '::ffff:10.0.0.5' }, { bound: '::' })).toBe(
      'control',
    );
    expect(refused({ host: '10.0.0.5', local: undefined }, access)).toBe('all');
    expect(refused({ host: '', local: undefined }, access)).toBe('all');
  });

  it('may be one that was allowed, with the control API, by name or by name and port', () => {
    const far = { local: '172.17.0.2', remote: '172.17.0.1' };
    const access = { bound: '0.0.0.0', allowedHosts: ['Mock', 'other:4010', '[fd00::2]'] };
    expect(refused({ ...far, host: 'mock' }, access)).toBe('nothing');
    expect(refused({ ...far, host: 'MOCK:4010' }, access)).toBe('nothing');
    expect(refused({ ...far, host: '[fd00::2]:1' }, access)).toBe('nothing');
    expect(refused({ ...far, host: 'other:4010' }, access)).toBe('nothing');
    expect(refused({ ...far, host: 'other' }, access)).toBe('all');
    expect(refused({ ...far, host: 'other:4011' }, access)).toBe('all');
    expect(refused({ ...far, host: 'mock.evil.test' }, access)).toBe('all');
    expect(refused({ ...far, host: 'xmock' }, access)).toBe('all');
  });
});

describe('the control API', () => {
  it.each([
    ['127.0.0.1', 'nothing'],
    ['127.8.8.8', 'nothing'],
    ['::1', 'nothing'],
    ['::ffff:127.0.0.1', 'nothing'],
    ['::FFFF:127.0.0.1', 'nothing'],
    ['172.17.0.1', 'control'],
    ['::ffff:172.17.0.1', 'control'],
    ['fe80::1', 'control'],
    ['127.0.0.1.evil', 'control'],
    [undefined, 'control'],
    ['', 'control'],
  ])('for the peer %s refuses: %s', (remote, what) => {
    expect(refused({ remote }, { bound: '0.0.0.0' })).toBe(what);
  });
});

describe('the origin', () => {
  it.each([
    ['http://localhost:4010', 'nothing'],
    ['HTTP://LOCALHOST:4010', 'nothing'],
    ['https://localhost:4010', 'all'],
    ['http://localhost', 'all'],
    ['http://localhost:40100', 'all'],
    ['http://127.0.0.1:4010', 'all'],
    ['http://localhost:4010/', 'all'],
    ['http://localhost:4010, http://evil.test', 'all'],
    ['http://user@localhost:4010', 'all'],
    ['http://evil.test', 'all'],
    ['null', 'all'],
    ['', 'all'],
    ['file://', 'all'],
    ['chrome-extension://abc', 'all'],
  ])('%j is refused: %s', (origin, what) => {
    expect(refused({ origin })).toBe(what);
  });

  it('may be an allowed one for the APIs, and never for the control API', () => {
    const access = { allowedOrigins: ['http://localhost:3000'], allowedHosts: ['localhost'] };
    expect(refused({ origin: 'http://localhost:3000' }, access)).toBe('control');
    expect(refused({ origin: 'http://LocalHost:3000' }, access)).toBe('control');
    expect(refused({ origin: 'http://localhost:3001' }, access)).toBe('all');
    // A page of its own host is its own, and no more.
    expect(refused({ origin: 'http://localhost:4010' }, access)).toBe('nothing');
    expect(refused({ origin: 'http://localhost:3000', host: 'evil.test' }, access)).toBe('all');
  });
});

describe('a browser that names no origin', () => {
  it.each([
    ['cross-site', 'all'],
    ['same-site', 'all'],
    ['same-origin', 'nothing'],
    ['none', 'nothing'],
    [undefined, 'nothing'],
  ])('and sends from a page that is %s is refused: %s', (site, what) => {
    expect(refused({ site })).toBe(what);
    expect(refused({ site }, { allowedHosts: ['localhost'] })).toBe(what);
  });

  it.each(['cross-site', 'same-site'])('may follow a link, %s, to the control API', (site) => {
    expect(refused({ site, opens: true })).toBe('the APIs alone');
    expect(refused({ site, opens: true, origin: 'null' })).toBe('all');
  });

  it('is told by its headers', async () => {
    await using mock = await startMockServer();
    // Not by fetch, which writes these headers itself.
    const send = (method: string, path: string, site: string, dest: string): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const mode = dest === 'image' ? 'no-cors' : 'navigate';
        const headers = { 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'sec-fetch-dest': dest };
        request(mock.url + path, { method, headers }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on('error', reject)
          .end();
      });
    for (const [site, dest, api, control, change] of [
      ['cross-site', 'image', 403, 403, 403],
      ['same-site', 'iframe', 403, 403, 403],
      ['cross-site', 'document', 403, 200, 403],
      ['none', 'document', 401, 200, 204],
      ['same-origin', 'empty', 401, 200, 204],
    ] as const) {
      expect(await send('GET', '/customers', site, dest)).toBe(api);
      expect(mock.requests.list()).toHaveLength(api === 403 ? 0 : 1);
      expect(await send('GET', '/__mock/health', site, dest)).toBe(control);
      expect(await send('DELETE', '/__mock/requests', site, dest)).toBe(change);
    }
  });
});

describe('a webhook', () => {
  it('does not reach the control API', () => {
    expect(refused({ webhook: true })).toBe('control');
    expect(refused({ webhook: true }, { allowedHosts: ['localhost'] })).toBe('control');
  });
});

describe('what is allowed is checked at the start', () => {
  it.each(['', 'http://mock', 'mock/', 'a b', 'mock:', 'mock:x', '*', 'user@mock', '[x]'])(
    'the host %j',
    async (host) => {
      await expect(startMockServer({ allowHosts: [host] })).rejects.toThrow(
        `The allowed host ${JSON.stringify(host)} is not a name, or a name:port`,
      );
    },
  );

  it.each([
    '',
    '*',
    'null',
    'localhost:3000',
    'http://localhost:3000/',
    'http://a.test/x',
    'a.test',
  ])('the origin %j', async (origin) => {
    await expect(startMockServer({ cors: [origin] })).rejects.toThrow(
      `The CORS origin ${JSON.stringify(origin)} is not an origin such as http://localhost:3000`,
    );
  });
});

const own = Object.values(networkInterfaces())
  .flat()
  .find((one) => one && !one.internal && one.family === 'IPv4')?.address;

describe.skipIf(own === undefined)('reached from elsewhere, by an address of this machine', () => {
  const get = (port: number, path: string, host: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      request({ host: own, port, path, headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });

  it('the APIs answer, and the control API to hosts that were allowed', async () => {
    await using mock = await startMockServer({ host: '0.0.0.0', allowHosts: ['mock'] });
    const { port } = mock;
    expect(mock.url).toBe(`http://localhost:${port}`);
    for (const path of ['/__mock/state', '/__mock', '/__mock/', '/__mock/health']) {
      expect(await get(port, path, 'localhost')).toBe(403);
      expect(await get(port, path, `${own}:${port}`)).toBe(403);
      expect(await get(port, path, 'evil.test')).toBe(403);
      expect(await get(port, path, 'mock')).toBeOneOf([200, 308, 404]);
    }
    expect(await get(port, '/customers', `${own}:${port}`)).toBe(401);
    expect(await get(port, '/customers', 'localhost')).toBe(401);
    expect(await get(port, '/customers', 'evil.test')).toBe(403);
    // Other spellings of its path do not lead there.
    for (const path of [
      '/%5f_mock/state',
      '//__mock/state',
      '/x/../__mock/state',
      '/__MOCK/state',
    ]) {
      expect(await get(port, path, 'localhost')).toBe(404);
    }
    expect(await get(port, 'http://localhost/__mock/state', 'localhost')).toBe(403);
  });

  it('nobody answers by default', async () => {
    await using mock = await startMockServer();
    await expect(get(mock.port, '/customers', 'localhost')).rejects.toThrow('ECONNREFUSED');
  });
});
