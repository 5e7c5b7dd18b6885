import { ConfigError } from '../../http/errors.ts';
import type { QueueOptions } from './options.ts';

/** Where a queue is in Redis. The first lot is BullMQ's, the second our own. */
export interface QueueKeys {
  readonly queue: string;
  readonly prefix: string;
  /** What the key of a job begins with. */
  readonly job: string;
  readonly waiting: string;
  readonly paused: string;
  readonly active: string;
  readonly delayed: string;
  readonly failed: string;
  readonly limiter: string;

  /** Hash: what became of the records. */
  readonly tally: string;
  /** Hash: the calls of records that have not exactly one, less one. */
  readonly extra: string;
  /** There while the fleet is on hold. */
  readonly hold: string;
  /** There while nobody may probe. */
  readonly probe: string;
}

/** @throws ConfigError for a name that BullMQ or Redis could take for something else. */
export const keysOf = ({ queue, prefix = 'tallywire' }: QueueOptions): QueueKeys => {
  if (typeof queue !== 'string' || !/^[\w.-]{1,100}$/.test(queue)) {
    throw new ConfigError('queue is not a name of letters, digits, ".", "_" and "-"');
  }
  if (!/^[\w.{}-]{1,100}$/.test(prefix)) {
    throw new ConfigError('prefix is not a word of letters, digits, ".", "_", "-" and braces');
  }
  const job = `${prefix}:${queue}:`;
  return {
    queue,
    prefix,
    job,
    waiting: `${job}wait`,
    paused: `${job}paused`,
    active: `${job}active`,
    delayed: `${job}delayed`,
    failed: `${job}failed`,
    limiter: `${job}limiter`,
    tally: `${job}usage-tally`,
    extra: `${job}usage-extra`,
    hold: `${job}usage-hold`,
    probe: `${job}usage-probe`,
  };
};
