import { ConfigError } from '../../http/errors.ts';
import { shortName } from '../../http/json.ts';
import { keyFields, type WindowKey } from './window.ts';

/** What a caller counts, read once: it may change, or be something that answers differently each time. */
export interface CountRead {
  readonly key: WindowKey;
  readonly count: number;
}

const known: ReadonlySet<string> = new Set([...keyFields, 'count']);

/** @throws ConfigError for a field that no count has, or that the window decides */
export const refuseUnknown = (given: Record<string, unknown>): void => {
  for (const field of Object.keys(given)) {
    if (known.has(field)) continue;
    if (field !== 'event_id' && field !== 'event_at') {
      throw new ConfigError(
        `${shortName(field)} is no field of a count (meta takes what is your own)`,
      );
    }
    if (given[field] !== undefined) throw new ConfigError(`${field} is decided by the window`);
  }
};

/**
 * Reads a count without checking what an open window says is right: its key is compared with those
 * that were checked when their windows opened.
 *
 * @throws ConfigError when it can be no part of any window
 */
export const readCount = (
  given: Record<string, unknown>,
  canonical: (meta: unknown) => string | undefined,
): CountRead => {
  const { user_id, domain, activity_type, ip_addr, user_agent, product_id } = given;
  const { environment, source, user_id_type, mode, meta, count } = given;
  const key = [
    user_id,
    domain,
    activity_type,
    canonical(meta),
    ip_addr,
    user_agent,
    product_id,
    environment,
    source,
    user_id_type,
    mode,
  ];
  let present = count === undefined ? 0 : 1;
  for (const value of key) if (value !== undefined) present += 1;
  let fields = 0;
  for (const _ in given) fields += 1;
  // Cheaper than looking at the name of each field, which is done only when there are others.
  if (fields !== present) refuseUnknown(given);
  if (count === undefined) return { key, count: 1 };
  if (!Number.isSafeInteger(count) || (count as number) < 0) {
    throw new ConfigError('count must be a whole number, 0 or more');
  }
  return { key, count: count as number };
};

/** The fields of a key by their names again. */
export const fieldsOf = (key: WindowKey): Record<string, unknown> => {
  const fields: Record<string, unknown> = Object.fromEntries(
    keyFields.map((field, index) => [field, key[index]]),
  );
  const { meta } = fields;
  return typeof meta === 'string' ? { ...fields, meta: JSON.parse(meta) as unknown } : fields;
};
