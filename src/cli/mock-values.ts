import { InvalidArgumentError } from 'commander';
import type { Keys } from '../mock/index.ts';

/** Readers of option values. Each throws `InvalidArgumentError` with a sentence for people. */

export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a whole number from 0 to 65535.');
}

const NAMES: readonly string[] = ['reo', 'merchant', 'customer'] satisfies (keyof Keys)[];

export function parseKeys(text: string, before: Partial<Keys> = {}): Partial<Keys> {
  const pairs = text.split(',').map((pair): [string, string] => {
    const [, name = '', value = ''] = /^\s*([^=]*?)\s*=\s*(.*?)\s*$/.exec(pair) ?? [];
    if (!NAMES.includes(name) || value === '') {
      throw new InvalidArgumentError(`Write them as reo=…,merchant=…,customer=…`);
    }
    return [name, value];
  });
  return { ...before, ...Object.fromEntries(pairs) };
}

/** For options that may be given several times. */
export const collect = (text: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  ...text.split(',').map((one) => one.trim()),
];

type Json = Record<string, unknown>;

/** A fault: JSON, or an operation (`*` for all) and fields such as `status=503 webhook.times=2`. */
export function parseFault(text: string, before: readonly Json[] = []): readonly Json[] {
  return [...before, text.trim().startsWith('{') ? parseObject(text) : parseFields(text)];
}

function parseObject(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new InvalidArgumentError(`It is not JSON: ${(error as Error).message}`);
  }
}

function parseFields(text: string): Json {
  const [first = '', ...fields] = text.trim().split(/\s+(?=[\w.]+=|$)/);
  const named = !first.includes('=');
  const pairs = named ? fields : [first, ...fields];
  if (first === '' || pairs.length === 0 || !pairs.every((pair) => pair.includes('='))) {
    throw new InvalidArgumentError('Write it as "sendUsage status=503 times=3", or as JSON.');
  }
  const rule: Json = named && first !== '*' ? { operation: first } : {};
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const path = pair.slice(0, at).split('.');
    setPath(rule, path, parseValue(path.at(-1) ?? '', pair.slice(at + 1)));
  }
  return rule;
}

function setPath(target: Json, path: readonly string[], value: unknown): void {
  const [name = '', ...rest] = path;
  if (name === '__proto__') throw new InvalidArgumentError('There is no field __proto__.');
  if (rest.length === 0) target[name] = value;
  else setPath((target[name] ??= {}) as Json, rest, value);
}

/** Fields that are texts, also where they look like something else. */
const TEXTS: ReadonlySet<string> = new Set([
  'as',
  'message',
  'name',
  'operation',
  'path',
  'referenceKey',
  'refuse',
  'type',
  'unknownMetric',
]);

/** A number, `true`, `false`, `null` or a JSON text as what they say, anything else as text. */
function parseValue(name: string, text: string): unknown {
  if (TEXTS.has(name)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Milliseconds, or a text such as `2s`. */
export const parseDuration = (text: string): number | string =>
  /^\d+$/.test(text) ? Number(text) : text;

/** A setting: `envelope=true`, `activities=LOGIN,EXPORT`, `rateLimit=null`. */
export function parseSetting(text: string, before: Json = {}): Json {
  const [, name = '', value = ''] = /^\s*(\w+)\s*=(.*)$/s.exec(text) ?? [];
  if (name === '' || name === '__proto__') {
    throw new InvalidArgumentError('Write it as envelope=true, for example.');
  }
  const list = name === 'activities' && !/^\s*(\[|null$)/.test(value);
  return { ...before, [name]: list ? collect(value) : parseValue(name, value.trim()) };
}

/** Upstreams: `reo=URL` and `reportei=URL`, or a URL of which the host tells. */
export function parseUpstream(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const [, name, url = ''] = /^(?:(reo|reportei)=)?(.+)$/s.exec(text) ?? [];
  if (!URL.canParse(url)) throw new InvalidArgumentError('Write it as a URL, or as reo=URL.');
  if (name !== undefined) return { ...before, [name]: url };
  const { hostname } = new URL(url);
  if (/(^|\.)reo\.dev$/.test(hostname)) return { ...before, reo: url };
  if (/(^|\.)reportei\.com$/.test(hostname)) return { ...before, reportei: url };
  return { ...before, reo: url, reportei: url };
}
