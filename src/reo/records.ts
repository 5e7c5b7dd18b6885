import type { components } from '../../generated/reo.ts';

type Wire = components['schemas'];

/** What kind of name a `user_id` is. LINKEDIN and GITHUB ids are profile URLs. */
export type UserIdType = Wire['UserIdType'];

/** Where a record comes from. Open: the known values complete, others compile too. */
export type Source = 'PRODUCT_CLOUD' | 'TELEMETRY' | (string & {});

/** Fields of every record, named as on the wire (Reo.Dev's "Single Events" and "Aggregated Events"). */
interface Common<Activity extends string> {
  /** A metric's key as configured in Settings → Product Usage, case and spaces kept. */
  readonly activity_type: Activity;
  /** Your own id of the product. */
  readonly product_id: string;
  /** Default `PRODUCT_CLOUD`. */
  readonly source?: Source | undefined;
  /** A `Date`, or UNIX time in seconds. Default: now. Milliseconds are refused. */
  readonly event_at?: Date | number | undefined;
  /**
   * Stays the same over all attempts. Default: a random UUID. Reo.Dev does not promise to drop a
   * record whose id it has seen.
   */
  readonly event_id?: string | number | undefined;
  /** Where the product is deployed, e.g. `PRODUCTION`. */
  readonly environment?: string | undefined;
  readonly ip_addr?: string | undefined;
  readonly user_agent?: string | undefined;
  /** Anything else that JSON can hold, as an object; copied at the call. */
  readonly meta?: object | undefined;
}

interface OfUser {
  readonly user_id: string;
  readonly user_id_type: UserIdType;
}

/** One thing that one user did. `event_at` is when it happened. */
export interface UsageEvent<Activity extends string = string> extends Common<Activity>, OfUser {}

/** How often one user did something. `event_at` is when the count is sent. */
export interface UserCount<Activity extends string = string> extends Common<Activity>, OfUser {
  readonly mode: 'USER';
  /** A whole number, 0 or more. */
  readonly count: number;
  readonly domain?: string | undefined;
}

/** How often the people of one company did something. `event_at` is when the count is sent. */
export interface DomainCount<Activity extends string = string> extends Common<Activity> {
  readonly mode: 'DOMAIN';
  /** The company, e.g. `reo.dev`. */
  readonly domain: string;
  /** A whole number, 0 or more. */
  readonly count: number;
  readonly user_id?: never;
  readonly user_id_type?: never;
}

/** A count of either kind, told apart by `mode`. */
export type UsageCount<Activity extends string = string> =
  UserCount<Activity> | DomainCount<Activity>;

/** Fields that a client can fill in for every record. */
export interface ReoDefaults<Activity extends string = string>
  extends
    Pick<
      Required<Common<Activity>>,
      'activity_type' | 'product_id' | 'source' | 'environment' | 'user_agent'
    >,
    Pick<OfUser, 'user_id_type'> {}

/** The record type in which the fields that have a default may be left out. */
export type WithDefaults<Record, Key extends PropertyKey> = Record extends unknown
  ? Omit<Record, Key> & { readonly [K in Key & keyof Record]?: Record[K] | undefined }
  : never;

export type WireEvent = Wire['UsageEvent'];
export type WireCount = Wire['AggregateUsage'];
