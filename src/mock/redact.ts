const REDACTED = '[redacted]';

/** Headers that carry credentials, of these two APIs, of what stands between, and misspelt ones. */
const isSecret = (header: string): boolean =>
  /authorization|cookie|token|secret|passw|api-?key/.test(header);

type Headers = Readonly<Record<string, string>>;

/** Headers without credentials. */
export function redactHeaders(headers: Headers): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      isSecret(name) && value !== '' ? REDACTED : value,
    ]),
  );
}

/** The credentials that a request carries, in each form in which they may turn up elsewhere. */
export function secretsOf(headers: Headers): readonly string[] {
  const forms = Object.entries(headers).flatMap(([name, sent]) => {
    if (!isSecret(name)) return [];
    const value = sent.replace(/^(bearer|basic) +/i, '').trim();
    // A shorter one is no secret, and would tear holes into everything.
    if (value.length < 4) return [];
    const json = JSON.stringify(value).slice(1, -1);
    return [value, encodeURIComponent(value), json, json.replaceAll('/', '\\/')];
  });
  // The longest first: one secret may be the beginning of another.
  return [...new Set(forms)].toSorted((a, b) => b.length - a.length);
}

/**
 * A text without credentials: neither those given, nor a customer's token, nor the part of a
 * webhook's URL that only its receiver knows.
 */
export function redactText(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) clean = clean.replaceAll(secret, REDACTED);
  clean = replaceField(clean, 'api_token', () => REDACTED);
  return replaceField(clean, 'metrics_webhook_url', redactUrl);
}

/** What a URL says of where it leads, without the rest. */
export function redactUrl(url: string): string {
  const plain = url.replaceAll('\\/', '/');
  if (plain.length > 8_192 || !URL.canParse(plain)) return REDACTED;
  const { origin, pathname, search } = new URL(plain);
  return pathname === '/' && search === '' ? origin : `${origin}/${REDACTED}`;
}

/** Replaces what a field of JSON holds, wherever it is, and also where the JSON ends within it. */
function replaceField(text: string, field: string, replace: (value: string) => string): string {
  const opening = new RegExp(`"${field}"\\s*:\\s*"`, 'g');
  let clean = '';
  let done = 0;
  while (opening.test(text)) {
    const begin = opening.lastIndex;
    const end = endOfText(text, begin);
    if (end > begin) clean += text.slice(done, begin) + replace(text.slice(begin, end));
    else clean += text.slice(done, end);
    done = end;
    opening.lastIndex = end;
  }
  return clean + text.slice(done);
}

/** Where a text in JSON ends. Not a pattern: on a long text, that would run out of stack. */
function endOfText(json: string, begin: number): number {
  for (let end = json.indexOf('"', begin); end >= 0; end = json.indexOf('"', end + 1)) {
    let first = end;
    while (first > begin && json[first - 1] === '\\') first -= 1;
    if ((end - first) % 2 === 0) return end;
  }
  return json.length;
}
