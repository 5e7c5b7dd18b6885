import assert from 'node:assert/strict';
import type { Case } from './outbox-contract/case.ts';
import { dead } from './outbox-contract/dead.ts';
import {
  createBench,
  type OutboxCapability,
  type OutboxUnderTest,
} from './outbox-contract/harness.ts';
import { keeping } from './outbox-contract/keeping.ts';
import { lasting } from './outbox-contract/lasting.ts';
import { settling } from './outbox-contract/settling.ts';
import { walks } from './outbox-contract/walk.ts';

export type { OutboxCapability, OutboxUnderTest } from './outbox-contract/harness.ts';

/** Options of `outboxContract`. */
export interface OutboxContractOptions {
  /**
   * What this engine does not do, and need not. The cases that need it are left out, and a case of its
   * own checks that it is really absent. Default: it does everything.
   */
  readonly lacks?: readonly OutboxCapability[] | undefined;
  /** How long to wait for what takes time (another's lease to run out), in milliseconds. Default 10,000. */
  readonly patience?: number | undefined;
}

/** One promise of an outbox, with what checks it. */
export interface ContractCase {
  readonly name: string;
  /** Rejects with an `AssertionError` when the promise is not kept. */
  readonly run: () => Promise<void>;
}

const cases: readonly Case[] = [...keeping, ...settling, ...dead, ...lasting, ...walks];

const declared = (
  { outbox, reopen, crash }: OutboxUnderTest,
  lacks: readonly OutboxCapability[],
): void => {
  const has = { reopen, crash, windows: outbox.saveWindows };
  for (const [name, value] of Object.entries(has)) {
    assert.equal(value === undefined, lacks.includes(name as OutboxCapability), `lacks ${name}`);
  }
};

/**
 * What every outbox keeps to, as cases for any test runner:
 *
 * ```ts
 * for (const { name, run } of outboxContract(open)) test(name, run);
 * ```
 *
 * Each case opens an outbox of its own and closes it. Up to 8 records are taken and not settled at the
 * same time. Bounds, and what happens on a failing disk, are the engine's own to test.
 *
 * @param open makes a fresh, empty outbox. The contract waits for real, unless it says how to `advance`.
 */
export const outboxContract = (
  open: () => OutboxUnderTest | Promise<OutboxUnderTest>,
  { lacks = [], patience = 10_000 }: OutboxContractOptions = {},
): readonly ContractCase[] => {
  const all = cases.filter(({ needs = [] }) => !needs.some((need) => lacks.includes(need)));
  const run = async (check: (subject: OutboxUnderTest) => void | Promise<void>): Promise<void> => {
    const subject = await open();
    try {
      await check(subject);
    } finally {
      await subject.end?.();
    }
  };
  return [
    {
      name:
        lacks.length === 0 ? 'it lacks nothing' : `it lacks ${lacks.join(', ')} and nothing else`,
      run: () =>
        run(async (subject) => {
          declared(subject, lacks);
          await subject.outbox.close();
        }),
    },
    ...all.map(({ name, run: check }) => ({
      name,
      run: () =>
        run(async (subject) => {
          const bench = createBench(subject, patience);
          await check(bench);
          await bench.outbox().close();
        }),
    })),
  ];
};
