import { byField } from '../contract/failures.ts';
import { loadOperations, type Operation } from '../contract/operations.ts';
import { schemaViolations } from '../contract/validate.ts';

let operations: readonly Operation[] | undefined;

/** The operations of the control API. Only read when they are needed: the APIs have to be there sooner. */
export function controlOperations(): readonly Operation[] {
  operations ??= loadOperations('emulator');
  return operations;
}

/**
 * Makes sure that a value is what an operation of the control API takes, wherever it comes from.
 *
 * @throws Error with a sentence for people if it is not.
 */
export function checkBody(
  id: 'addFault' | 'changeSettings' | 'restoreSnapshot',
  value: unknown,
  what: string,
): void {
  const operation = controlOperations().find((one) => one.id === id);
  const schema = operation?.http.request?.body?.contents?.[0]?.schema;
  const problems = [...byField(schemaViolations(schema, value))];
  if (problems.length === 0) return;
  const text = problems.map(([field, problem]) => `${field} ${problem}`).join('; ');
  throw new Error(`${what}: ${text}`);
}
