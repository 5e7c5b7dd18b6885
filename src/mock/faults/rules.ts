import type { components } from '../../../generated/emulator.ts';
import { hash, mix } from '../data/random.ts';
import type { Events } from '../events.ts';
import { fits, type FaultRule, type Matched } from './matching.ts';

/** A rule that the emulator knows, and how often it was used. */
export type Fault = components['schemas']['Fault'];

export interface Faults {
  /** Puts a rule before those that are there. */
  readonly add: (rule: FaultRule) => Fault;
  readonly list: () => readonly Fault[];
  /** Switches it on, counting its `times` anew, or off. `undefined` if there is none of this id. */
  readonly enable: (id: string, enabled: boolean) => Fault | undefined;
  /** Whether there was one of this id. */
  readonly remove: (id: string) => boolean;
  /** Removes all, or all but these. */
  readonly reset: (faults?: readonly Fault[]) => void;
  /** The rule that hits a call, which it uses up. */
  readonly pick: (call: Matched) => Fault | undefined;
}

interface Entry {
  rule: Fault;
  /** How many calls it fitted: the dice are thrown once for each. */
  seen: number;
}

const CERTAIN = 2 ** 32;

export function createFaults(seed: string, events: Events): Faults {
  let entries: Entry[] = [];
  let made = 0;
  const changed = (): void => events.emit({ type: 'changed', data: 'faults' });
  const find = (id: string): Entry | undefined => entries.find(({ rule }) => rule.id === id);

  const hits = (entry: Entry, call: Matched): boolean => {
    const { id, enabled, used, times = Infinity, probability = 1 } = entry.rule;
    if (!enabled || used >= times || !fits(entry.rule, call)) return false;
    entry.seen += 1;
    return mix(hash(seed, 'fault', id), entry.seen) < probability * CERTAIN;
  };

  return {
    add: (rule) => {
      made += 1;
      const fault: Fault = { ...structuredClone(rule), id: `f${made}`, enabled: true, used: 0 };
      entries.unshift({ rule: fault, seen: 0 });
      changed();
      return fault;
    },
    list: () => entries.map(({ rule }) => rule),
    enable: (id, enabled) => {
      const entry = find(id);
      if (!entry) return undefined;
      entry.rule = { ...entry.rule, enabled, used: enabled ? 0 : entry.rule.used };
      changed();
      return entry.rule;
    },
    remove: (id) => {
      const entry = find(id);
      entries = entries.filter((one) => one !== entry);
      if (entry) changed();
      return entry !== undefined;
    },
    reset: (faults = []) => {
      entries = faults.map((rule) => ({ rule, seen: 0 }));
      // Ids are not given twice, also not after a restore.
      made = Math.max(made, ...faults.map(({ id }) => Number(/^f(\d+)$/.exec(id)?.[1] ?? 0)));
      changed();
    },
    pick: (call) => {
      if (entries.length === 0) return undefined;
      const entry = entries.find((one) => hits(one, call));
      if (!entry) return undefined;
      entry.rule = { ...entry.rule, used: entry.rule.used + 1 };
      changed();
      return entry.rule;
    },
  };
}
