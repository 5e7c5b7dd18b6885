/** A limit, as a number or as text. Garbage is none, nor is 0: it would stop the client for good. */
export const limitOf = (value: unknown): number | undefined =>
  Number(/^"?(\d{1,9})"?$/.exec(JSON.stringify(value))?.[1]) || undefined;
