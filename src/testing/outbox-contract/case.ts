import type { Bench, OutboxCapability } from './harness.ts';

export interface Case {
  readonly name: string;
  readonly needs?: readonly OutboxCapability[];
  readonly run: (bench: Bench) => Promise<void>;
}
