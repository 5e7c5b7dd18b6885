import type { Lane } from './lane.ts';
import type { PumpEvent } from './pump.ts';

type News = Extract<PumpEvent, { readonly is: 'held' | 'paused' | 'resumed' }>;

/** One cause holds events and counts alike: the path that was asked is no news. */
const causeOf = (detail: string): string => detail.replace(/ \/\S*/, '');

/** What is worth telling of a change. Another probe in vain is not. */
export const newsOf = ({ stop: before }: Lane, { stop }: Lane, now: number): News | undefined => {
  if (stop === undefined) return before && { is: 'resumed' };
  if (stop.is === before?.is && stop.reason === before.reason) {
    const isOther = stop.is === 'held' && causeOf(stop.detail) !== causeOf(before.detail);
    if (!isOther) return undefined;
  }
  const { detail } = stop;
  return stop.is === 'held'
    ? { is: 'held', reason: stop.reason, detail }
    : { is: 'paused', reason: stop.reason, ms: Math.ceil(stop.until - now), detail };
};
