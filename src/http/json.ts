import { ConfigError } from './errors.ts';

export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Bounds of what is copied, so that no value of a caller can stall or crash the process. */
const bounds = { nodes: 10_000, depth: 32, text: 262_144 } as const;

/** The name of a place or a field for a message: short, since whoever gave it may have named it anything. */
export const shortName = (name: string): string =>
  name.length <= 64 ? name : `${name.slice(0, 63).replace(/[\ud800-\udbff]$/, '')}…`;

/** What JSON makes of a value: `toJSON` is asked first, as `JSON.stringify` does. */
const represented = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && 'toJSON' in value
    ? typeof value.toJSON === 'function'
      ? (value.toJSON as (key: string) => unknown)(key)
      : value
    : value;

const { isWellFormed: native } = String.prototype as { isWellFormed?: () => boolean };

// Runtimes of 2022 lack the method.
const isWellFormed = (text: string): boolean =>
  native === undefined ? !/\p{Surrogate}/u.test(text) : native.call(text);

/**
 * Most values are objects of a few texts and numbers: those are copied in a tenth of the time.
 * `undefined` for all others, and for what has to be refused.
 */
const copyFlat = (value: unknown): Json | undefined => {
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return undefined;
  if (Object.getPrototypeOf(value) !== Object.prototype) return undefined;
  const copied: Record<string, Json> = {};
  let text = 0;
  const keys = Object.keys(value);
  if (keys.length > 100) return undefined;
  for (const key of keys) {
    const item = (value as Record<string, unknown>)[key];
    if (key === '__proto__' || !isWellFormed(key)) return undefined;
    text += key.length;
    switch (typeof item) {
      case 'string':
        if (!isWellFormed(item)) return undefined;
        text += item.length;
        break;
      case 'number':
        if (!Number.isFinite(item)) return undefined;
        break;
      case 'boolean':
        break;
      case 'undefined':
        continue;
      default:
        if (item !== null) return undefined;
    }
    copied[key] = item as Json;
  }
  return text > bounds.text ? undefined : copied;
};

/**
 * A plain copy of a value as JSON would hold it: the original may change afterwards.
 *
 * @param path names the value in messages, e.g. `meta`
 * @throws ConfigError, naming the place (its first 64 characters), for what JSON cannot hold or would change without a word:
 *   BigInt, NaN and infinities, Map, Set, Error and the like, functions and symbols in arrays, lone surrogates, cycles, more than
 *   32 levels, 10,000 values or 256 Ki characters.
 */
export const copyJson = (value: unknown, path: string): Json =>
  copyFlat(value) ?? copyDeep(value, path);

const copyDeep = (value: unknown, path: string): Json => {
  let nodes = 0;
  let text = 0;
  const refuse = (at: string, why: string): never => {
    throw new ConfigError(`${shortName(at)} ${why}`);
  };
  const string = (value: string, at: string): string => {
    text += value.length;
    if (text > bounds.text) refuse(path, `holds more than ${bounds.text} characters`);
    if (!isWellFormed(value)) refuse(at, 'holds half of a surrogate pair');
    return value;
  };
  const copy = (given: unknown, at: string, depth: number, inArray: boolean): Json | undefined => {
    nodes += 1;
    if (nodes > bounds.nodes) refuse(path, `holds more than ${bounds.nodes} values`);
    if (depth > bounds.depth)
      refuse(path, `is deeper than ${bounds.depth} levels, or holds itself`);
    const value = represented(given, at);
    switch (typeof value) {
      case 'string':
        return string(value, at);
      case 'boolean':
        return value;
      case 'number':
        return Number.isFinite(value) ? value : refuse(at, `is ${value}, which JSON cannot hold`);
      case 'bigint':
        return refuse(at, 'is a BigInt, which JSON cannot hold: send a number or a string');
      case 'object':
        break;
      default:
        return inArray ? refuse(at, `is ${typeof value}, which JSON cannot hold`) : undefined;
    }
    if (value === null) return null;
    // A Map, an Error and the like would become {} without a word.
    const kind = Object.prototype.toString.call(value).slice(8, -1);
    if (kind !== 'Object' && kind !== 'Array') refuse(at, `is a ${kind}, which JSON cannot hold`);
    if (Array.isArray(value)) {
      // Counted by length before it is walked: a sparse array may claim millions of places.
      if (nodes + value.length > bounds.nodes)
        refuse(path, `holds more than ${bounds.nodes} values`);
      return Array.from(
        value,
        (item, index) => copy(item, `${at}[${index}]`, depth + 1, true) ?? null,
      );
    }
    const entries: [string, Json][] = [];
    for (const key of Object.keys(value)) {
      const item = copy(
        (value as Record<string, unknown>)[key],
        `${at}.${string(key, at)}`,
        depth + 1,
        false,
      );
      if (item !== undefined) entries.push([key, item]);
    }
    return Object.fromEntries(entries);
  };
  return copy(value, path, 0, true) as Json;
};
