import { ConfigError } from './errors.ts';

/** A key or token: the value, or a function that fetches it (called for every attempt). */
export type Secret = string | (() => string | Promise<string>);

/** Environment variables where there are any: `undefined` on an edge runtime or without permission. */
export const environment = (name: string): string | undefined => {
  try {
    return globalThis.process?.env?.[name] || undefined;
  } catch {
    return undefined;
  }
};

const cleaned = (value: unknown, what: string): string => {
  if (typeof value !== 'string' || value.trim() === '') {
    throw new ConfigError(`${what} is empty`);
  }
  const key = value.trim();
  // Visible ASCII only: what else gets into a header is an error that may quote the key.
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new ConfigError(`${what} holds a space, a control or a non-ASCII character`);
  }
  return key;
};

const fetchSecret = async (source: () => string | Promise<string>, what: string) => {
  let value: unknown;
  try {
    value = await source();
  } catch (cause) {
    throw new ConfigError(`${what} could not be fetched`, { cause });
  }
  return cleaned(value, what);
};

/**
 * A reader of one key: from the option, else from the environment, looked up at the first call.
 * White space around it (the trailing newline of a secrets file) is removed.
 */
export const secretReader = (
  option: Secret | undefined,
  variable: string,
  what: string,
): (() => string | Promise<string>) => {
  let known: string | undefined;
  return () => {
    if (known !== undefined) return known;
    if (typeof option === 'function') {
      const fetched = fetchSecret(option, what);
      // Where another key is missing, nobody waits for this one.
      fetched.catch(() => {});
      return fetched;
    }
    const value = option ?? environment(variable);
    if (value === undefined) {
      throw new ConfigError(`${what} is missing: set ${variable}, or give the option`);
    }
    return (known = cleaned(value, what));
  };
};

/** Headers made of keys: at once where the keys are known, else when they are. */
export const withSecrets = <Headers>(
  keys: readonly (() => string | Promise<string>)[],
  make: (...values: string[]) => Headers,
): (() => Headers | Promise<Headers>) => {
  return () => {
    const values = keys.map((read) => read());
    const known = values.filter((value) => typeof value === 'string');
    return known.length === values.length
      ? make(...known)
      : Promise.all(values.map(async (value) => value)).then((all) => make(...all));
  };
};
