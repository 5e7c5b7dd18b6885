import { hasOtherBytes } from '../server/bytes.ts';
import { parseJson, printable, type Incoming, type Problem } from '../exchange.ts';

/** A request whose parts have been told apart. */
export interface ReadRequest {
  /** In capitals. */
  readonly method: string;
  readonly url: { readonly path: string; readonly query: Readonly<Record<string, string>> };
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** Why there is no body, although one was sent. */
  readonly problem: Problem | undefined;
}

/** The path that a request asks for, without query, and without host where a proxy was meant. */
export function pathOf(target: string): string {
  const path = target.replace(/^https?:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '');
  return path.startsWith('/') ? path : `/${path}`;
}

/** What stands behind the `?`, with it, of what a request asks for. */
export const queryOf = (target: string): string => /^[^?#]*(\?[^#]*)/.exec(target)?.[1] ?? '';

/**
 * Both APIs share a port. The contract of Reo has `/api` in its paths; that of Connect has it in
 * its server, and the vendor's own page leaves it out.
 */
export function contractPathOf(path: string): string {
  return /^\/api\/(?!product(\/|$))/.test(path) ? path.slice('/api'.length) : path;
}

/** Reads query and body. */
export function readRequest(incoming: Incoming): ReadRequest {
  const { headers } = incoming;
  const body = readBody(incoming);
  return {
    method: incoming.method.toUpperCase(),
    url: {
      path: decodable(contractPathOf(pathOf(incoming.target))),
      // The last one of several, as PHP has it.
      query: Object.fromEntries(new URLSearchParams(queryOf(incoming.target))),
    },
    headers,
    body: 'value' in body ? body.value : undefined,
    problem: 'value' in body ? undefined : body,
  };
}

function readBody(incoming: Incoming): { readonly value: unknown } | Problem {
  if (incoming.problem) return incoming.problem;
  if (incoming.body === '') return { value: undefined };
  const type = incoming.headers['content-type'] ?? '';
  if (!/^application\/([\w.-]+\+)?json *(;|$)/i.test(type)) {
    return { status: 415, message: 'The Content-Type has to be application/json' };
  }
  const encoding = incoming.headers['content-encoding'] ?? 'identity';
  if (!/^(identity)?$/i.test(encoding)) {
    return { status: 415, message: `The Content-Encoding ${printable(encoding)} is not known` };
  }
  // JSON is UTF-8; `textOf` lets other bytes through as lone surrogates.
  if (hasOtherBytes(incoming.body)) {
    return { status: 400, message: 'The body is not valid JSON: it is not UTF-8' };
  }
  return parseJson(incoming.body);
}

/** A path that can be decoded. */
function decodable(path: string): string {
  try {
    // The result is used, because bundlers remove a call whose result is not.
    return decodeURIComponent(path).length > 0 ? path : '/';
  } catch {
    return path.replaceAll('%', '%25');
  }
}
