import { ConfigError, isSdkError } from '../http/errors.ts';
import { newId } from '../reo/new-id.ts';
import type { ReoPort } from '../reo/port.ts';
import type { UsageRecord } from './record.ts';

/** An event as it is now: what becomes of the caller's object is of no concern. @throws ConfigError */
export const eventRecord = (
  toEvent: ReoPort['toEvent'],
  event: object,
  now: number,
): UsageRecord => {
  const hasId = (event as { readonly event_id?: unknown }).event_id !== undefined;
  const wire = toEvent(event);
  return {
    id: hasId ? newId() : wire.event_id,
    kind: 'event',
    calls: 1,
    at: now,
    payload: JSON.stringify(wire),
  };
};

/** What is wrong with a record, in words that hold nothing of it. */
export const problemOf = (error: unknown): ConfigError =>
  isSdkError(error) && error.code === 'config'
    ? error
    : new ConfigError('the record cannot be read', { cause: error });
