import { ConfigError } from '../http/errors.ts';
import { copyJson, shortName } from '../http/json.ts';
import { newId } from './new-id.ts';
import type { UsageCount, UsageEvent, WireCount, WireEvent } from './records.ts';

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
  throw new ConfigError(value === undefined ? `${field} is missing` : `${field} must be a text`);
};

const text = (value: unknown, field: string): string => {
  if (value !== '') return anyText(value, field);
  throw new ConfigError(`${field} must not be empty`);
};

const eventId = (given: unknown): string => {
  if (given === undefined) return newId();
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

const userIdType = (value: UsageEvent['user_id_type']): UsageEvent['user_id_type'] => {
  if (userIdTypes.has(value)) return value;
  throw new ConfigError(`user_id_type must be one of ${[...userIdTypes].join(', ')}`);
};

/** A field that the API does not know would be dropped without a word. */
const refuseUnknown = (record: object, known: ReadonlySet<string>): void => {
  for (const field of Object.keys(record)) {
    if (known.has(field)) continue;
    throw new ConfigError(
      `${shortName(field)} is no field of this record (meta takes what is your own)`,
    );
  }
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

type Common = Omit<WireEvent, 'user_id' | 'user_id_type'> & { event_id: string };

// Each field by its name, and nothing copied twice: a tracker does this for every call of its host.
const common = (record: UsageEvent | UsageCount, known: ReadonlySet<string>): Common => {
  refuseUnknown(record, known);
  const { source, event_at: at, environment, ip_addr: ip, user_agent: agent, meta } = record;
  const wire: Common = {
    activity_type: text(record.activity_type, 'activity_type'),
    source: text(source ?? 'PRODUCT_CLOUD', 'source'),
    product_id: text(record.product_id, 'product_id'),
    event_id: eventId(record.event_id),
    event_at: toEpochSeconds(at ?? new Date()),
  };
  if (environment !== undefined) wire.environment = anyText(environment, 'environment');
  if (ip !== undefined) wire.ip_addr = anyText(ip, 'ip_addr');
  if (agent !== undefined) wire.user_agent = anyText(agent, 'user_agent');
  if (meta !== undefined) wire.meta = copyMeta(meta);
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
  const wire = common(event, eventFields) as WireEvent & { event_id: string };
  wire.user_id_type = userIdType(event.user_id_type);
  wire.user_id = text(event.user_id, 'user_id');
  return wire;
};

const counted = (record: UsageCount): WireCount & { event_id: string } => {
  const { count } = record;
  const wire = common(record, countFields) as WireCount & { event_id: string };
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new ConfigError('count must be a whole number, 0 or more');
  }
  wire.mode = record.mode;
  wire.count = count;
  return wire;
};

/** Addresses of people and of pages are taken for domains easily, and nobody would notice. */
const domainName = (value: unknown): string => {
  const domain = text(value, 'domain');
  if (!/[\s@/:]/.test(domain)) return domain;
  throw new ConfigError('domain must be a name like reo.dev, not an address');
};

/** A count as it goes on the wire, complete and independent of the caller's object. */
export const toWireCount = (record: UsageCount): WireCount & { event_id: string } => {
  const wire = counted(record);
  switch (record.mode) {
    case 'DOMAIN':
      wire.domain = domainName(record.domain);
      // The vendor's samples send the user's fields empty in this mode.
      wire.user_id = '';
      wire.user_id_type = '';
      return wire;
    case 'USER':
      wire.user_id_type = userIdType(record.user_id_type);
      wire.user_id = text(record.user_id, 'user_id');
      if (record.domain !== undefined) wire.domain = anyText(record.domain, 'domain');
      return wire;
    default:
      throw new ConfigError('mode must be USER or DOMAIN');
  }
};
