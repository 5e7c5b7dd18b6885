/** First looks at data from the wire, of which nothing is known. */

export type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Own keys only: a body may ask for `__proto__`. */
export const field = (value: Json, name: string): unknown =>
  Object.hasOwn(value, name) ? value[name] : undefined;

export const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

/** The value in a line of text: a text as it is, anything else as JSON. */
export const inWords = (value: unknown): string =>
  typeof value === 'string' ? value : stringified(value);

/** As JSON; what is nested too deeply for that is not worth more than a remark. */
export const stringified = (value: unknown): string => {
  try {
    return JSON.stringify(value) ?? 'undefined';
  } catch {
    return '(nested too deeply to be shown)';
  }
};
