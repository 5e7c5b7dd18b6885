import { copyJson, type Json } from '../../http/json.ts';

const sorted = (value: Json): Json => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const entries = Object.entries(value as { readonly [key: string]: Json });
  // No two keys are the same.
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
};

/** Texts that are remembered, and the longest of them. */
const most = 1_000;
const longest = 1_000;

/**
 * A flat object of texts, numbers and the like as a text that says what it holds, in the order of its
 * keys; `undefined` for any other. Lengths stand before what could hold a separator.
 */
const flatText = (meta: object): string | undefined => {
  const prototype: unknown = Object.getPrototypeOf(meta);
  if ((prototype !== Object.prototype && prototype !== null) || 'toJSON' in meta) return undefined;
  let text = '';
  for (const key of Object.keys(meta)) {
    const value = (meta as Record<string, unknown>)[key];
    switch (typeof value) {
      case 'string':
        text += `${key.length}:${key}s${value.length}:${value}`;
        break;
      case 'number':
      case 'boolean':
        text += `${key.length}:${key}${typeof value === 'number' ? 'n' : 'b'}${value};`;
        break;
      default:
        return undefined;
    }
    if (text.length > longest) return undefined;
  }
  return text;
};

/**
 * Makes one text of all metas that JSON takes for the same but for the order of keys, and different
 * texts of all others. What is not valid throws, as `copyJson` does.
 */
export const createCanonicalMeta = (): ((meta: unknown) => string | undefined) => {
  /** The same few come again and again. */
  const known = new Map<string, string>();
  return (meta) => {
    if (meta === undefined) return undefined;
    const flat = typeof meta === 'object' && meta !== null ? flatText(meta) : undefined;
    const found = flat === undefined ? undefined : known.get(flat);
    if (found !== undefined) return found;
    const text = JSON.stringify(sorted(copyJson(meta, 'meta')));
    if (flat !== undefined) {
      if (known.size >= most) known.clear();
      known.set(flat, text);
    }
    return text;
  };
};
