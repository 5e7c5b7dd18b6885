import { rmSync } from 'node:fs';
import { describe, test } from 'vitest';
import { outboxContract } from '../../../../src/testing/outbox-contract.ts';
import { mortalOutbox, outboxDir } from '../../../support/outbox-lmdb.ts';

describe.concurrent('an outbox in a directory keeps to the contract', () => {
  const cases = outboxContract(async () => {
    const { dir, remove } = outboxDir();
    rmSync(dir, { recursive: true });
    let opened = await mortalOutbox(dir);
    const all = [opened];
    return {
      outbox: opened.outbox,
      reopen: async () => {
        opened = await mortalOutbox(dir);
        all.push(opened);
        return opened.outbox;
      },
      crash: async () => opened.kill(),
      end: async () => {
        for (const { outbox, kill } of all) {
          kill();
          await outbox.close();
        }
        remove();
      },
    };
  });
  // Thousands of records are settled one after the other, each on the disk.
  for (const { name, run } of cases) test(name, { timeout: 60_000 }, run);
});
