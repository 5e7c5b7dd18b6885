import { checkOperation } from './behaviours/operation.ts';
import type { Exchange } from './journal.ts';
import { checkNames } from './known-names.ts';
import type { RequestFilter } from './schemas.ts';

/** What a filter may name. */
const FIELDS: Readonly<Record<keyof RequestFilter, true>> = {
  after: true,
  api: true,
  operation: true,
  method: true,
  path: true,
  status: true,
  violations: true,
  text: true,
};

/** @throws Error with a sentence for people if it asks for what there is not. */
export function checkFilter(filter: RequestFilter): void {
  checkNames(filter, FIELDS, (name) => `The ${name} field is not a documented field`);
  checkOperation(filter.operation);
}

/** Whether a request fits. */
export function fitting(filter: RequestFilter): (exchange: Exchange) => boolean {
  const { after, api, operation, method, path, status, violations, text } = filter;
  const wanted = text?.toLowerCase();
  return (one) =>
    (after === undefined || one.id > after) &&
    (api === undefined || one.api === api) &&
    (operation === undefined || one.operation === operation) &&
    (method === undefined || one.method === method.toUpperCase()) &&
    (path === undefined || one.path.startsWith(path)) &&
    (status === undefined || statusFits(status, one.status)) &&
    (violations === undefined || one.violations.length > 0 === violations) &&
    (wanted === undefined ||
      [one.path, one.requestBody, one.responseBody].some((part) =>
        part.toLowerCase().includes(wanted),
      ));
}

const statusFits = (wanted: string | number, status: number | null): boolean =>
  String(wanted).endsWith('xx')
    ? String(status).startsWith(String(wanted).charAt(0))
    : String(status) === String(wanted);
