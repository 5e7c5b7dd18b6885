import { ConfigError } from './errors.ts';

/** The names of a type's fields, each of them: what is missing or too many does not compile. */
export type Names<Fields> = Readonly<Record<keyof Fields, true>>;

/**
 * Misspelt, it would do nothing, without a word to who writes no types.
 *
 * @throws ConfigError for a field that is none of those known.
 */
export const refuseUnknown = (given: object, known: object, what = 'option'): void => {
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(known, name)) continue;
    const all = Object.keys(known).join(', ');
    throw new ConfigError(`there is no ${what} ${name.slice(0, 64)}: there are ${all}`);
  }
};
