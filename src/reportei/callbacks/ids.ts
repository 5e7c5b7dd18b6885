import { isObject } from '../../http/is-object.ts';
import type { MetricIds } from '../metrics/ids.ts';
import { asUuid, type Bytes, joined, utf8, uuidText } from './bytes.ts';

/**
 * An id for each query of a job that only the holder of the secret can tell. Whoever answers a job
 * shows that it got the request, though the URL says nothing of the ids.
 */
export const deriveIds = async (
  key: CryptoKey,
  job: Bytes,
  names: readonly string[],
): Promise<MetricIds> => {
  const ids = names.map(async (name) => {
    const bytes = await crypto.subtle.sign('HMAC', key, joined(job, utf8(name)));
    return [name, uuidText(asUuid(new Uint8Array(bytes)))] as const;
  });
  return Object.fromEntries(await Promise.all(ids));
};

const keysIn = (value: unknown): readonly string[] =>
  isObject(value) ? Object.keys(value).map((key) => key.toLowerCase()) : [];

/** Whether a body, bare or inside `data`, holds the answer to any of these ids. */
export const holdsAny = (body: unknown, ids: MetricIds): boolean => {
  const found = new Set([...keysIn(body), ...keysIn(isObject(body) && body.data)]);
  return Object.values(ids).some((id) => found.has(id));
};
