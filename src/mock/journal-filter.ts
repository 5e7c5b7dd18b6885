import type { Exchange } from './journal.ts';
import type { RequestFilter } from './schemas.ts';

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
