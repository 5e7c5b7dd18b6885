/** A request as a command for a POSIX shell that sends the same again. */
import type { Entry } from './types.ts';

/** Made by curl itself, or about a connection that is not there any more. */
const OMITTED = new Set(
  'host content-length connection accept-encoding transfer-encoding expect keep-alive upgrade te trailer proxy-connection'.split(
    ' ',
  ),
);

/** Where the shell finds what the journal does not keep. */
const KEYS: Readonly<Record<string, string>> = {
  'x-api-key': '"x-api-key: $REO_API_KEY"',
  authorization: '"authorization: Bearer $REPORTEI_TOKEN"',
  'x-customer-token': '"x-customer-token: $REPORTEI_CUSTOMER_TOKEN"',
};

/** Pasted into a terminal these could end the paste, and what follows would run. */
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\0-\x08\x0b-\x1f\x7f-\x9f]/;

/** Linux takes at most 128 KiB for one argument; `printf` is part of the shell and takes more. */
const MAX_ARGUMENT_BYTES = 100_000;

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const octal = (control: string): string =>
  [...new TextEncoder().encode(control)]
    .map((byte) => `\\${byte.toString(8).padStart(3, '0')}`)
    .join('');

const printf = (text: string): string =>
  `printf ${quote(text.replaceAll(/[\\%]/g, '$&$&').replaceAll(new RegExp(CONTROL, 'g'), octal))}`;

/** A shell word. */
const word = (text: string): string => (CONTROL.test(text) ? `"$(${printf(text)})"` : quote(text));

const header = ([name, value]: readonly [string, string]): string => {
  const key = value.includes('[redacted]') ? KEYS[name] : undefined;
  // Without a value curl would leave the header out.
  return `-H ${key ?? word(value === '' ? `${name};` : `${name}: ${value}`)}`;
};

const size = (text: string): number => new TextEncoder().encode(text).length;

export const asCurl = (
  entry: Pick<Entry, 'method' | 'path' | 'query' | 'request'>,
  origin: string,
): string => {
  const { method, path, query, request } = entry;
  const { headers, body, bytes } = request;
  const url = `${origin}${path}${query === '' ? '' : `?${query.replace(/^\?/, '')}`}`;
  const kept = Object.entries(headers).filter(([name]) => !OMITTED.has(name));
  const parts = [
    `curl -sS${method === 'HEAD' ? ' --head' : ` -X ${word(method)}`} --globoff --path-as-is ${word(url)}`,
    ...kept.map(header),
  ];
  if (body !== '') {
    // Or curl would call it a form.
    if (!('content-type' in headers)) parts.push("-H 'content-type:'");
  }
  const piped = CONTROL.test(body) || size(body) > MAX_ARGUMENT_BYTES;
  if (piped) parts.push('--data-binary @-');
  else if (body !== '') parts.push(`--data-raw ${quote(body)}`);
  const note =
    size(body) < bytes ? `# The body is cut: ${size(body)} of its ${bytes} bytes were kept.\n` : '';
  const source = CONTROL.test(body) ? printf(body) : `printf %s ${quote(body)}`;
  return `${note}${piped ? `${source} | ` : ''}${parts.join(' \\\n  ')}`;
};
