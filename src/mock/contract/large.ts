import { convertAjvErrors } from '@stoplight/prism-http/dist/validator/validators/utils.js';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Violation } from './validate.ts';

/** Prism lists all that is wrong: of a body with a million wrong values, more than memory holds. */
const MAX_VALUES = 5_000;

/** Whether a body has too many values to list all that is wrong with them. */
export function isLarge(body: unknown): boolean {
  const open = [body];
  let count = 0;
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null) continue;
    const parts: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
    count += parts.length;
    if (count > MAX_VALUES) return true;
    open.push(...parts);
  }
  return false;
}

let ajv: Ajv2020 | undefined;
const compiled = new WeakMap<object, ValidateFunction>();

/** The first thing that is wrong with a body, in the words of Prism. */
export function firstViolation(schema: object, body: unknown, side: 0 | 1): readonly Violation[] {
  const validate = compiled.get(schema) ?? compile(schema);
  if (validate(body)) return [];
  const [first, ...more] = validate.errors ?? [];
  return first ? convertAjvErrors([first, ...more], 0, side, 'body') : [];
}

/** By the options that Prism has, but for `allErrors`. */
function compile(schema: object): ValidateFunction {
  if (!ajv) {
    ajv = new Ajv2020({ allowUnionTypes: true, allowMatchingProperties: true, strict: false });
    formats.default(ajv);
  }
  const validate = ajv.compile(schema);
  compiled.set(schema, validate);
  return validate;
}
