import type { Tally } from './send.ts';

/** Progress on standard error: one line that is written over on a terminal, else one a second. */
export const createProgress = () => {
  const { stderr } = process;
  let last = performance.now();
  const clear = (): void => {
    if (stderr.isTTY) stderr.write('\r\u001b[K');
  };
  return {
    show: ({ sent, refused, skipped }: Readonly<Tally>): void => {
      const now = performance.now();
      if (now - last < (stderr.isTTY ? 100 : 1_000)) return;
      last = now;
      clear();
      const line = `  ${sent} sent, ${refused} refused, ${skipped} skipped …`;
      stderr.write(stderr.isTTY ? line : `${line}\n`);
    },
    /** A line that stays. */
    say: (text: string): void => {
      clear();
      stderr.write(`  ${text}\n`);
    },
    end: clear,
  };
};
