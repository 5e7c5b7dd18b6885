import type { TrackerStats } from '../options.ts';

/** A tracker, or a usage worker. */
export interface Observed {
  readonly stats: () => TrackerStats | Promise<TrackerStats>;
}
