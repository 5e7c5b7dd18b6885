/**
 * Hands over in one go, before the next frame, what came since the last time: a thousand requests
 * in a second are drawn twenty times, not a thousand. In a tab that nobody sees frames do not come,
 * so a timer stands in.
 */
const MIN_PAUSE_MS = 50;

export const perFrame = <Item>(
  max: number,
  take: (items: readonly Item[]) => void,
): { readonly add: (item: Item) => void; readonly clear: () => void } => {
  let waiting: Item[] = [];
  let isScheduled = false;
  let last = -Infinity;
  const flush = (): void => {
    const items = waiting;
    waiting = [];
    isScheduled = false;
    last = performance.now();
    if (items.length > 0) take(items);
  };
  return {
    add: (item) => {
      waiting.push(item);
      if (waiting.length > max * 2) waiting = waiting.slice(-max);
      if (isScheduled) return;
      isScheduled = true;
      const pause = last + MIN_PAUSE_MS - performance.now();
      if (document.hidden) setTimeout(flush, 250);
      else if (pause <= 0) requestAnimationFrame(flush);
      else setTimeout(() => requestAnimationFrame(flush), pause);
    },
    clear: () => (waiting = []),
  };
};

/** At once, and then at most once in so many milliseconds, with the last call never lost. */
export const throttled = (ms: number, work: () => void): (() => void) => {
  let last = -Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const run = (): void => {
    timer = undefined;
    last = performance.now();
    work();
  };
  return () => {
    timer ??= setTimeout(run, Math.max(0, last + ms - performance.now()));
  };
};
