import { ConfigError } from '../http/errors.ts';
import { copyJson } from '../http/json.ts';
import type { DomainCount, UsageCount, UsageEvent, WireCount, WireEvent } from './records.ts';

/** The last second with ten digits: anything longer is milliseconds, or no date at all. */
const lastSecond = 9_999_999_999;

/**
 * UNIX seconds, from a `Date` or from seconds (a fraction is cut off).
 *
 * @throws ConfigError for milliseconds and whatever else cannot be a moment since 1970.
 */
export const toEpochSeconds = (at: Date | number): number => {
  const given: unknown = at instanceof Date ? at.getTime() / 1_000 : at;
  const seconds = typeof given === 'number' ? Math.floor(given) : NaN;
  if (seconds >= 1 && seconds <= lastSecond) return seconds;
  const hint = seconds > lastSecond ? ': these look like milliseconds' : '';
  throw new ConfigError(`event_at is neither a Date nor a time in UNIX seconds${hint}`);
};

const anyText = (value: unknown, field: string): string => {
  if (typeof value === 'string') return value;
  throw new ConfigError(`${field} must be a text`);
};

const text = (value: unknown, field: string): string => {
  if (value !== '') return anyText(value, field);
  throw new ConfigError(`${field} must not be empty`);
};

const eventId = (given: unknown): string => {
  if (given === undefined) return crypto.randomUUID();
  if (typeof given === 'string' && given !== '') return given;
  if (Number.isSafeInteger(given)) return String(given);
  throw new ConfigError('event_id must be a text that is not empty, or a whole number');
};

const userIdTypes: ReadonlySet<unknown> = new Set<UsageEvent['user_id_type']>([
  'EMAIL',
  'SOCIAL',
  'LINKEDIN',
  'GITHUB',
  'USERNAME',
]);

const user = (record: Pick<UsageEvent, 'user_id' | 'user_id_type'>) => {
  if (!userIdTypes.has(record.user_id_type)) {
    throw new ConfigError(`user_id_type must be one of ${[...userIdTypes].join(', ')}`);
  }
  return { user_id: text(record.user_id, 'user_id'), user_id_type: record.user_id_type };
};

/** A field that the API does not know would be dropped without a word. */
const refuseUnknown = (record: object, known: ReadonlySet<string>): void => {
  const unknown = Object.keys(record).find((field) => !known.has(field));
  if (unknown !== undefined)
    throw new ConfigError(`${unknown} is no field of this record (meta takes what is your own)`);
};

const eventFields: ReadonlySet<string> = new Set<keyof UsageEvent>([
  'activity_type',
  'source',
  'product_id',
  'event_id',
  'event_at',
  'environment',
  'ip_addr',
  'user_agent',
  'meta',
  'user_id',
  'user_id_type',
]);
const countFields = new Set([...eventFields, 'mode', 'count', 'domain']);

const texts = ['environment', 'ip_addr', 'user_agent'] as const;

const common = (record: UsageEvent | UsageCount) => {
  const wire: Omit<WireEvent, 'user_id' | 'user_id_type'> & { event_id: string } = {
    activity_type: text(record.activity_type, 'activity_type'),
    source: text(record.source ?? 'PRODUCT_CLOUD', 'source'),
    product_id: text(record.product_id, 'product_id'),
    event_id: eventId(record.event_id),
    event_at: toEpochSeconds(record.event_at ?? new Date()),
  };
  for (const field of texts) {
    const value = record[field];
    if (value !== undefined) wire[field] = anyText(value, field);
  }
  if (record.meta !== undefined) wire.meta = copyMeta(record.meta);
  return wire;
};

const copyMeta = (meta: unknown): { [key: string]: unknown } => {
  const copied = copyJson(meta, 'meta');
  if (typeof copied !== 'object' || copied === null || Array.isArray(copied)) {
    throw new ConfigError('meta must be an object');
  }
  return copied as { [key: string]: unknown };
};

/** A single event as it goes on the wire, complete and independent of the caller's object. */
export const toWireEvent = (event: UsageEvent): WireEvent & { event_id: string } => {
  refuseUnknown(event, eventFields);
  return { ...common(event), ...user(event) };
};

const counted = (record: UsageCount) => {
  const { count } = record;
  refuseUnknown(record, countFields);
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new ConfigError('count must be a whole number, 0 or more');
  }
  return { ...common(record), count };
};

const domainCount = (record: DomainCount): WireCount & { event_id: string } => ({
  mode: 'DOMAIN',
  ...counted(record),
  domain: text(record.domain, 'domain'),
  // The vendor's samples send the user's fields empty in this mode.
  user_id: '',
  user_id_type: '',
});

/** A count as it goes on the wire, complete and independent of the caller's object. */
export const toWireCount = (record: UsageCount): WireCount & { event_id: string } => {
  switch (record.mode) {
    case 'DOMAIN':
      return domainCount(record);
    case 'USER': {
      const count = { mode: 'USER' as const, ...counted(record), ...user(record) };
      const { domain } = record;
      return domain === undefined ? count : { ...count, domain: anyText(domain, 'domain') };
    }
    default:
      throw new ConfigError('mode must be USER or DOMAIN');
  }
};
