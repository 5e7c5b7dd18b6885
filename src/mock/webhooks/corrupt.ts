import type { components } from '../../../generated/emulator.ts';
import { uuid } from '../data/random.ts';
import { malformed } from '../faults/effects.ts';

type Corruption = NonNullable<components['schemas']['WebhookFault']['corrupt']>;

/** A webhook's body, damaged in a given way. */
export function corrupted(body: string, how: Corruption | undefined): string {
  if (how === undefined) return body;
  return DAMAGES[how](body);
}

const DAMAGES: Readonly<Record<Corruption, (body: string) => string>> = {
  truncated: (body) => body.slice(0, Math.floor(body.length / 2)),
  malformed,
  empty: () => '',
  foreign: (body) => {
    const parsed = JSON.parse(body) as { readonly data?: object };
    const wrapped = typeof parsed.data === 'object' && Object.keys(parsed).length === 1;
    const results = Object.entries(wrapped ? (parsed.data ?? {}) : parsed);
    const renamed = Object.fromEntries(results.map(([id, one]) => [uuid('foreign', id), one]));
    return JSON.stringify(wrapped ? { data: renamed } : renamed);
  },
};
