type Headers = Readonly<Record<string, string>>;

/** What belongs to one connection. */
const HOP_BY_HOP = [
  'connection',
  'content-length',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** What a browser says to the emulator, and not to who is behind it. */
const REQUEST: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
  'accept-encoding',
  'cookie',
  'expect',
  'host',
  'origin',
  'referer',
  'sec-fetch-dest',
  'sec-fetch-mode',
  'sec-fetch-site',
  'sec-fetch-user',
]);

const ANSWER: ReadonlySet<string> = new Set([...HOP_BY_HOP, 'content-encoding', 'set-cookie']);

/** The headers of a request that its upstream gets. */
export const forwardedHeaders = (headers: Headers, name: string): Record<string, string> => ({
  ...without(headers, REQUEST),
  via: [headers['via'], `1.1 ${name}`].filter(Boolean).join(', '),
  'accept-encoding': 'identity',
});

/** The headers of an upstream's answer that its client gets. Which pages may read it is ours to say. */
export function returnedHeaders(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): Record<string, string> {
  const texts = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  const kept = Object.entries(without(Object.fromEntries(texts) as Headers, ANSWER));
  return {
    // None, rather than the one that the emulator's own answers have.
    'content-type': '',
    ...Object.fromEntries(kept.filter(([name]) => !name.startsWith('access-control-'))),
  };
}

function without(headers: Headers, names: ReadonlySet<string>): Record<string, string> {
  // A connection may name more headers that are for it alone.
  const own = new Set((headers['connection'] ?? '').toLowerCase().split(/[\s,]+/));
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !names.has(name) && !own.has(name)),
  );
}
