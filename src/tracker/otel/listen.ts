import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Told } from '../tell.ts';

/** Calls back with each thing of this name that the tracker tells. */
export type Listen = <Name extends keyof Told>(
  name: Name,
  listener: (told: Told[Name]) => void,
) => void;

/** On the diagnostics channels, to one tracker of all. */
export const createListening = (
  tracker: object,
): { readonly listen: Listen; readonly stop: () => void } => {
  const stops: (() => void)[] = [];
  return {
    listen: (name, listener) => {
      const channel = `tallywire.tracker.${name}`;
      const onMessage = (message: unknown): void => {
        const told = message as { readonly tracker: object } & Parameters<typeof listener>[0];
        if (told.tracker === tracker) listener(told);
      };
      subscribe(channel, onMessage);
      stops.push(() => void unsubscribe(channel, onMessage));
    },
    stop: () => {
      for (const stop of stops.splice(0)) stop();
    },
  };
};
