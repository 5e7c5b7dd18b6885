const REDACTED = '[redacted]';

/** Headers that carry credentials, of these two APIs and of whatever stands between. */
const SECRET_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'proxy-authorization',
  'set-cookie',
  'x-api-key',
  'x-customer-token',
]);

type Headers = Readonly<Record<string, string>>;

/** Headers without credentials. */
export function redactHeaders(headers: Headers): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      SECRET_HEADERS.has(name) && value !== '' ? REDACTED : value,
    ]),
  );
}

/** The credentials that a request carries, wherever else they may turn up. */
export function secretsOf(headers: Headers): readonly string[] {
  return [...SECRET_HEADERS].flatMap((name) => {
    const value = headers[name]?.replace(/^(bearer|basic) +/i, '').trim() ?? '';
    // A shorter one is no secret, and would tear holes into everything.
    return value.length < 4 ? [] : [value];
  });
}

/**
 * A text without credentials: neither those given, nor a customer's token, nor the part of a
 * webhook's URL that only its receiver knows.
 */
export function redactText(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) clean = clean.replaceAll(secret, REDACTED);
  return clean
    .replace(/("api_token"\s*:\s*")((?:[^"\\]|\\.)+)(")/g, `$1${REDACTED}$3`)
    .replace(/("metrics_webhook_url"\s*:\s*")((?:[^"\\]|\\.)+)(")/g, (_all, before, url, after) => {
      return `${before}${redactUrl(url)}${after}`;
    });
}

/** What a URL says of where it leads, without the rest. */
export function redactUrl(url: string): string {
  const plain = url.replaceAll('\\/', '/');
  if (!URL.canParse(plain)) return REDACTED;
  const { origin, pathname, search } = new URL(plain);
  return pathname === '/' && search === '' ? origin : `${origin}/${REDACTED}`;
}
