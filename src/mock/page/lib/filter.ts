import type { Summary } from './types.ts';

export interface Filter {
  readonly text: string;
  readonly api: 'all' | Summary['api'];
  readonly status: 'all' | '2xx' | '3xx' | '4xx' | '5xx' | 'dropped';
  readonly problems: boolean;
}

export const NO_FILTER: Filter = { text: '', api: 'all', status: 'all', problems: false };

export const isProblem = ({ status, violations, reason, fault }: Summary): boolean =>
  status === null || status >= 400 || violations.length > 0 || reason !== null || fault !== null;

/** Prepared texts of requests: they are searched on every key that is pressed. */
const haystacks = new WeakMap<Summary, string>();

const haystack = (request: Summary): string => {
  const known = haystacks.get(request);
  if (known !== undefined) return known;
  const { id, method, path, operation, status, source, fault, reason, violations } = request;
  const words = violations.map((one) => `${one.field} ${one.problem}`);
  const text = [`#${id}`, method, path, operation, status, source, fault, reason, ...words]
    .join(' ')
    .toLowerCase();
  haystacks.set(request, text);
  return text;
};

/**
 * The requests that fit. `inBodies` are the ids of those that hold the text where only the
 * emulator can look: in their bodies.
 */
export const filterRequests = (
  requests: readonly Summary[],
  { text, api, status, problems }: Filter,
  inBodies: ReadonlySet<number>,
): readonly Summary[] => {
  const wanted = text.trim().toLowerCase();
  if (!wanted && api === 'all' && status === 'all' && !problems) return requests;
  return requests.filter(
    (one) =>
      (api === 'all' || one.api === api) &&
      (status === 'all' || statusClass(one.status) === status) &&
      (!problems || isProblem(one)) &&
      (!wanted || haystack(one).includes(wanted) || inBodies.has(one.id)),
  );
};

export const statusClass = (status: number | null): string =>
  status === null ? 'dropped' : `${Math.floor(status / 100)}xx`;
