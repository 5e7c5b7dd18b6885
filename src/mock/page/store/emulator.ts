/** What the emulator holds beside requests and webhooks. */
import type { Clock, Fault, Health, Settings, State, Usage } from '../lib/types.ts';
import { resource } from './resource.ts';

export const usage = resource<Usage>('usage');
export const faults = resource<{ readonly faults: readonly Fault[] }>('faults');
export const settings = resource<Settings>('settings');
export const clock = resource<Clock>('clock');
export const health = resource<Health>('health');
export const state = resource<State>('state');

const all = [usage, faults, settings, clock, health, state];
const byName: Readonly<Record<string, readonly { readonly refresh: () => void }[]>> = {
  usage: [usage],
  faults: [faults],
  settings: [settings],
  clock: [clock, health],
  state: [state, usage],
};

export const refreshAll = (): void => all.forEach(({ refresh }) => refresh());

export const refreshChanged = (what: string): void =>
  byName[what]?.forEach(({ refresh }) => refresh());
