import { hash, mix } from '../data/random.ts';
import type { Events } from '../events.ts';
import { fits, type Matched } from './matching.ts';
import type { Fault, FaultRule } from '../schemas.ts';

export interface Faults {
  /** Puts a rule before those that are there. */
  readonly add: (rule: FaultRule) => Fault;
  readonly list: () => readonly Fault[];
  /** Switches it on, counting its calls anew, or off. `undefined` if there is none of this id. */
  readonly enable: (id: string, enabled: boolean) => Fault | undefined;
  /** Whether there was one of this id. */
  readonly remove: (id: string) => boolean;
  /** Removes all, or all but these. */
  readonly reset: (faults?: readonly Fault[]) => void;
  /** The rule that hits a call, which it uses up. */
  readonly pick: (call: Matched) => Fault | undefined;
}

interface Entry {
  fault: Fault;
  /** Where its dice begin: with the rule itself, so that the same rule hits the same calls. */
  readonly key: number;
}

const CERTAIN = 2 ** 32;

export function createFaults(seed: string, events: Events): Faults {
  let entries: Entry[] = [];
  let made = 0;
  const changed = (): void => events.emit({ type: 'changed', data: 'faults' });
  const find = (id: string): Entry | undefined => entries.find(({ fault }) => fault.id === id);
  const entryOf = (fault: Fault): Entry => ({
    fault,
    key: hash(seed, 'fault', JSON.stringify({ ...ruleOf(fault), name: undefined })),
  });

  const hits = (entry: Entry, call: Matched): boolean => {
    const { enabled, used, times = Infinity, probability = 1 } = entry.fault;
    if (!enabled || used >= times || !fits(entry.fault, call)) return false;
    const seen = entry.fault.seen + 1;
    const hit = mix(entry.key, seen) < probability * CERTAIN;
    entry.fault = { ...entry.fault, seen, used: used + (hit ? 1 : 0) };
    return hit;
  };

  return {
    add: (rule) => {
      made += 1;
      const fault = { ...structuredClone(rule), id: `f${made}`, enabled: true, used: 0, seen: 0 };
      entries.unshift(entryOf(fault));
      changed();
      return fault;
    },
    list: () => entries.map(({ fault }) => fault),
    enable: (id, enabled) => {
      const entry = find(id);
      if (!entry) return undefined;
      entry.fault = { ...entry.fault, enabled, ...(enabled ? { used: 0, seen: 0 } : {}) };
      changed();
      return entry.fault;
    },
    remove: (id) => {
      const entry = find(id);
      entries = entries.filter((one) => one !== entry);
      if (entry) changed();
      return entry !== undefined;
    },
    reset: (faults = []) => {
      entries = faults.map(entryOf);
      // Ids are not given twice, also not after a restore.
      made = Math.max(made, ...faults.map(({ id }) => Number(/^f(\d+)$/.exec(id)?.[1] ?? 0)));
      changed();
    },
    pick: (call) => {
      if (entries.length === 0) return undefined;
      const entry = entries.find((one) => hits(one, call));
      if (entry) changed();
      return entry?.fault;
    },
  };
}

/** The rule of a fault, without what became of it. */
export function ruleOf(fault: Fault): FaultRule {
  const { id: _id, enabled: _enabled, used: _used, seen: _seen, ...rule } = fault;
  return rule;
}
