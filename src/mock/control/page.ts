import { readFileSync } from 'node:fs';
import type { Reply } from '../exchange.ts';
import { packageRoot } from '../package-root.ts';
import { problem } from './reply.ts';

const HEADERS = {
  // The page names its own script and style; here is what a page cannot say of itself.
  'content-security-policy': "frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
};

let html: string | undefined;

/** The inbox: what happens in the emulator, for people. */
export function page(method: string, rest: string): Reply {
  if (method !== 'GET' && method !== 'HEAD') return problem(405, `${method} is not allowed here`);
  // Its links are relative, so that it works below another path too.
  if (rest === '') return { status: 308, headers: { location: '/__mock/' }, body: undefined };
  try {
    html ??= readFileSync(new URL('dist/inbox.html', packageRoot()), 'utf8');
  } catch {
    return problem(404, 'The page has not been built: npm run build');
  }
  return {
    status: 200,
    headers: HEADERS,
    body: { type: 'text/html; charset=utf-8', chunks: [html] },
  };
}
