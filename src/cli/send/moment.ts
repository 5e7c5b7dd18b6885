import { BadRow } from './bad-row.ts';

const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?(?: ?(Z|UTC|[+-]\d\d(?::?\d\d)?))?)?$/i;

/**
 * A time in seconds since 1970, of an ISO 8601 date with or without a time, or of seconds in a text.
 * Without a zone it is UTC. Fewer than 9 digits are a date without dashes sooner than a moment before
 * 1973. What is no text is left to the checks of the client.
 *
 * @throws BadRow
 */
export function secondsOf(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const text = value.trim();
  if (/^\d{9,}(\.\d+)?$/.test(text)) return Number(text);
  const parts = ISO.exec(text);
  if (parts === null) {
    throw new BadRow('event_at is neither seconds since 1970 nor a date as 2024-01-31T10:00:00Z');
  }
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((one) => Number(one ?? 0));
  const fields = [year, month, day, hour, minute, second] as Six;
  const at = Date.UTC(fields[0], fields[1] - 1, fields[2], fields[3], fields[4], fields[5]);
  if (!isSame(new Date(at), fields)) throw new BadRow('event_at is a date that there is not');
  return at / 1_000 - offsetOf(parts[7]);
}

type Six = readonly [number, number, number, number, number, number];

/** A 30th of February is carried over to March, a 25th hour to the next day. */
const isSame = (date: Date, [year, month, , hour, minute, second]: Six): boolean =>
  date.getUTCFullYear() === year &&
  date.getUTCMonth() === month - 1 &&
  date.getUTCHours() === hour &&
  date.getUTCMinutes() === minute &&
  date.getUTCSeconds() === second;

/** In seconds, east of Greenwich. */
function offsetOf(zone = 'Z'): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  if (sign === undefined) return 0;
  const offset = Number(hours) * 3_600 + Number(minutes ?? 0) * 60;
  return sign === '-' ? -offset : offset;
}
