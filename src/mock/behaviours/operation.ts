import { BEHAVIOURS } from './index.ts';

/** @throws Error with a sentence for people if there is no such operation. */
export function checkOperation(id: string | undefined): void {
  if (id === undefined || Object.hasOwn(BEHAVIOURS, id)) return;
  throw new Error(`There is no operation ${id}. There are ${Object.keys(BEHAVIOURS).join(', ')}`);
}
