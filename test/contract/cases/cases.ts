import type { Json, JsonObject } from '../documents.ts';

/** A value for a schema of a document, and what is special about it. */
export type Case = {
  readonly schema: string;
  readonly what: string;
  readonly value: Json;
};

export const cases =
  (schema: string) =>
  (what: string, value: Json): Case => ({ schema, what, value });

export function without(value: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
}
