/** How every command ends; `--help` says so too. */
export const EXIT = {
  done: 0,
  /** At work: nothing came of it. */
  failed: 1,
  /** Done, except for some metrics, or some records. */
  incomplete: 2,
  /** A mistake in the command line (EX_USAGE); nothing was tried. */
  usage: 64,
} as const;
