import { readFileSync } from 'node:fs';
import type { IHttpOperation } from '@stoplight/types';
import { packageRoot } from '../package-root.ts';
import type { DocumentName } from './documents.ts';

/**
 * Takes the place of `documents.ts` in the built package: the build has read the contracts
 * already, which takes most of the time to start, and needs a YAML parser and more.
 */
export function readOperations(name: DocumentName): IHttpOperation[] {
  const file = new URL(`dist/contracts/${name}.json`, packageRoot());
  return JSON.parse(readFileSync(file, 'utf8')) as IHttpOperation[];
}
