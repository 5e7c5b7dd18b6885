import type { IncomingMessage } from 'node:http';
import { WEBHOOK_HEADER } from '../webhooks/post.ts';

/** Who sends a request, and to what name. */
export interface Caller {
  readonly host: string;
  readonly origin: string | undefined;
  /** How its page stands to the emulator, where a browser says so: `cross-site` and the like. */
  readonly site: string | undefined;
  /** Whether a browser opens the answer as a page of its own, which no other page can read. */
  readonly opens: boolean;
  /** Whether it is a webhook of an emulator, whose URL anybody may have chosen. */
  readonly webhook: boolean;
  /** The addresses of the connection's two ends. */
  readonly local: string | undefined;
  readonly remote: string | undefined;
}

export function callerOf(request: IncomingMessage): Caller {
  const { method, headers, socket } = request;
  return {
    host: hostOf(request),
    origin: headers.origin,
    site: headers['sec-fetch-site'],
    opens:
      method === 'GET' &&
      headers['sec-fetch-mode'] === 'navigate' &&
      headers['sec-fetch-dest'] === 'document',
    webhook: headers[WEBHOOK_HEADER] !== undefined,
    local: socket.localAddress,
    remote: socket.remoteAddress,
  };
}

/** None, where there is no one host: whatever else looks at the request may take another one. */
function hostOf({ headers, rawHeaders }: IncomingMessage): string {
  const hosts = rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'host');
  return hosts.length === 1 ? (headers.host ?? '') : '';
}
