import { LONGEST_TIMER } from './durations.ts';

/** The emulator's time: the machine's, moved by an offset. */
export interface Clock {
  readonly now: () => Date;
  /** How far it is ahead of the machine's, in milliseconds. */
  readonly offset: () => number;
  /**
   * Goes ahead by so much; what falls due by that happens now.
   *
   * @throws Error with a sentence for people if that leaves the calendar.
   */
  readonly advance: (ms: number) => void;
  /** Goes to a time, or back to the machine's. @throws Error as `advance` does. */
  readonly set: (time: Date | null) => void;
  /**
   * Calls `act` once this clock has gone on by so much. What it goes back by makes nothing later:
   * `moved` is told when that is by then. The returned function calls it off.
   */
  readonly schedule: (ms: number, act: () => void, moved?: (due: Date) => void) => () => void;
  /** Calls everything off. */
  readonly close: () => void;
}

interface Task {
  due: number;
  readonly act: () => void;
  readonly moved: ((due: Date) => void) | undefined;
  timer: NodeJS.Timeout | undefined;
}

/** Times have four digits for the year, those of trials and sessions that end later as well. */
const FIRST_YEAR = 1970;
const LAST_YEAR = 8999;

export function createClock(machine: () => Date = () => new Date()): Clock {
  const tasks = new Set<Task>();
  let offset = 0;
  const now = (): number => machine().getTime() + offset;

  const finish = (task: Task): void => {
    clearTimeout(task.timer);
    tasks.delete(task);
  };
  const arm = (task: Task): void => {
    clearTimeout(task.timer);
    const wait = Math.min(Math.max(task.due - now(), 0), LONGEST_TIMER);
    task.timer = setTimeout(() => {
      // A timer may be a millisecond early, and a long one comes in parts.
      if (task.due - now() > 1) return arm(task);
      finish(task);
      task.act();
    }, wait);
  };
  const move = (to: number): void => {
    const year = new Date(machine().getTime() + to).getUTCFullYear();
    if (!(year >= FIRST_YEAR && year <= LAST_YEAR)) {
      throw new Error(`The clock goes from the year ${FIRST_YEAR} to ${LAST_YEAR}, not beyond`);
    }
    const back = offset - Math.round(to);
    offset = Math.round(to);
    for (const task of [...tasks].toSorted((a, b) => a.due - b.due)) {
      if (back > 0) {
        task.due -= back;
        task.moved?.(new Date(task.due));
      }
      arm(task);
    }
  };

  return {
    now: () => new Date(now()),
    offset: () => offset,
    advance: (ms) => move(offset + ms),
    set: (time) => move(time ? time.getTime() - machine().getTime() : 0),
    schedule: (ms, act, moved) => {
      const task: Task = { due: now() + ms, act, moved, timer: undefined };
      tasks.add(task);
      arm(task);
      return () => finish(task);
    },
    close: () => {
      for (const task of tasks) finish(task);
    },
  };
}
