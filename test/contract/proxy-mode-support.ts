import { connect } from 'node:net';
import type { Answer } from '../../src/testing/answers.ts';
import { hostileServer, type HostileServer } from '../../src/testing/hostile-server.ts';
import { startTested, type TestedMock } from '../unit/mock/support.ts';

export const USAGE = 'POST /api/product/usage';

/** A proxy in front of a server that answers so. */
export async function before(
  ...behaviours: readonly [Answer, ...Answer[]]
): Promise<AsyncDisposable & { readonly proxy: TestedMock; readonly vendor: HostileServer }> {
  const vendor = await hostileServer(...behaviours);
  const proxy = await startTested({ upstream: { reo: vendor.url, reportei: vendor.url } });
  return {
    proxy,
    vendor,
    [Symbol.asyncDispose]: async () => {
      await proxy.close();
      await vendor[Symbol.asyncDispose]();
    },
  };
}

/** A server that answers these bytes. */
export const bytes =
  (body: Buffer | string, status = 200, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(status, headers);
    response.end(body);
  };

export const JSON_TYPE = { 'content-type': 'application/json' };

/** Sends a head, and a body, as they are. */
export function raw(port: number, head: string, body = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${head}\r\n${body}`, 'latin1'));
    let answer = '';
    socket.setTimeout(5000, () => socket.destroy(new Error(`no end after ${answer}`)));
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      answer += chunk;
      if (answer.includes('\r\n\r\n')) socket.end();
    });
  });
}
