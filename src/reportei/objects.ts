import type { components } from '../../generated/reportei.ts';
import type { AnswerInfo } from '../http/api-call.ts';
import { ApiError, ConfigError, DecodeError } from '../http/errors.ts';
import { isObject } from '../http/is-object.ts';

type Wire = components['schemas'];

/** Statuses seen so far. Open: others may come. */
export type IntegrationStatus = Wire['KnownIntegrationStatus'] | (string & {});

/** A merchant's customer. Timestamps are `2024-09-24 17:07:34`, of an unknown zone. */
export type Customer = Readonly<Wire['Customer']>;

/** The customer that a customer token belongs to, with its integrations. */
export type CustomerSettings = Readonly<Wire['CustomerSettings']>;

/** A network account that a customer has connected. */
export type CustomerIntegration = Readonly<Omit<Wire['CustomerIntegration'], 'status'>> & {
  readonly status: IntegrationStatus;
};

/** A page on which the customer connects accounts. */
export type IntegrationSession = Readonly<Wire['IntegrationSession']>;
/** How the session goes on which an account is connected: language, duration, where it leads to. */
export type IntegrationSessionRequest = Readonly<Wire['IntegrationSessionRequest']>;

/** The merchant's own account. The rate limits are texts, as Connect sends them. */
export type MerchantSettings = Readonly<Wire['MerchantSettings']>;

/** That something was done. */
export type Done = Readonly<Wire['Done']>;

/**
 * The object inside an envelope such as `{customer: {...}}`.
 *
 * @throws DecodeError when it is not there, or lacks the field that tells it apart.
 */
export const unwrap = <T>(body: unknown, key: string, field: keyof T & string): T => {
  const inner = isObject(body) ? body[key] : undefined;
  if (isObject(inner) && typeof inner[field] === 'string' && inner[field] !== '') {
    return inner as T;
  }
  throw new DecodeError(`the answer holds no ${key} with a ${field}`);
};

/** @throws ApiError `rejected` for a 2xx that says no. */
export const refuseNo = (body: unknown, { status, attempts }: AnswerInfo): void => {
  if (!isObject(body) || body.success !== false) return;
  const message = `Connect answered ${status} and refused in the body`;
  throw new ApiError('rejected', message, { status, body, attempts });
};

/**
 * That something was done. An empty answer of success (204, say) is as good as a word.
 *
 * @throws ApiError `rejected` for a 2xx that says no, DecodeError for one that says neither.
 */
export const doneOf = (body: unknown, response: AnswerInfo): Done => {
  if (body === undefined) return { success: true };
  refuseNo(body, response);
  if (isObject(body) && body.success === true) return body as Done;
  throw new DecodeError('the answer does not say whether it was done');
};

/**
 * An id as one segment of a path.
 *
 * @throws ConfigError for an empty one and for dots: the request would go to another path.
 */
export const segment = (uuid: string, what: string): string => {
  if (typeof uuid === 'string' && !/^\.{0,2}$/.test(uuid)) return uuid;
  throw new ConfigError(`${what} must be a UUID`);
};
