import { systemClock } from '../../tracker/clock.ts';
import { createPump } from '../../tracker/delivery/create-pump.ts';
import type { PumpOptions } from '../../tracker/delivery/pump.ts';
import type { End } from './end.ts';

/** How long what is under way may take to end. */
const GRACE_MS = 10_000;

/** Delivers until the end. What is under way then still ends, and is settled. */
export async function pumpUntil(
  ended: Promise<End>,
  options: Omit<PumpOptions, 'clock'>,
): Promise<End> {
  const pump = createPump({ ...options, clock: systemClock });
  // While nothing gets through, nothing else keeps the process alive.
  const alive = setInterval(() => undefined, 60_000);
  try {
    pump.start();
    return await ended;
  } finally {
    await pump.stop(GRACE_MS);
    clearInterval(alive);
  }
}
