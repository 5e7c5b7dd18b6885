import { ConfigError } from './errors.ts';

/** @throws ConfigError for another value than a whole number, `least` or more. */
export const wholeNumber = (value: number, least: number, option: string): number => {
  if (Number.isInteger(value) && value >= least) return value;
  throw new ConfigError(`${option} must be a whole number, ${least} or more`);
};
