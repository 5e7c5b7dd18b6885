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

const isPlain = (meta: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(meta);
  return (prototype === Object.prototype || prototype === null) && !('toJSON' in meta);
};

/**
 * A flat object of texts, numbers and the like as a text that says what it holds, in the order of its
 * keys; `undefined` for any other. Lengths stand before what could hold a separator.
 */
const flatText = (meta: object): string | undefined => {
  if (!isPlain(meta)) return undefined;
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

/** A flat object, and its canonical text. */
interface Seen {
  readonly fields: readonly (readonly [string, unknown])[];
  readonly text: string;
}

/** Whether an object has exactly these fields, in this order. */
const isAs = (meta: object, { fields }: Seen): boolean => {
  let index = 0;
  for (const key in meta) {
    const field = fields[index];
    if (field === undefined || field[0] !== key) return false;
    if (field[1] !== (meta as Record<string, unknown>)[key]) return false;
    index += 1;
  }
  return index === fields.length && isPlain(meta);
};

/**
 * Makes one text of all metas that JSON takes for the same but for the order of keys, and different
 * texts of all others. The text is all that is to be known of a meta, which may be another when it is
 * read again. What is not valid throws, as `copyJson` does.
 */
export const createCanonicalMeta = (): ((meta: unknown) => string | undefined) => {
  /** The same few come again and again, often one alone. */
  const known = new Map<string, string>();
  let last: Seen | undefined;

  const remember = (meta: object, text: string): void => {
    const flat = flatText(meta);
    if (flat === undefined) return;
    if (known.size >= most) known.clear();
    known.set(flat, text);
    last = { fields: Object.entries(meta), text };
  };

  return (meta) => {
    if (meta === undefined) return undefined;
    if (typeof meta !== 'object' || meta === null) return JSON.stringify(copyJson(meta, 'meta'));
    if (last !== undefined && isAs(meta, last)) return last.text;
    const flat = flatText(meta);
    const found = flat === undefined ? undefined : known.get(flat);
    if (found !== undefined) return found;
    // It may answer differently each time it is read: from here on only the copy counts.
    const copy = copyJson(meta, 'meta');
    const text = JSON.stringify(sorted(copy));
    if (typeof copy === 'object' && copy !== null) remember(copy, text);
    return text;
  };
};
