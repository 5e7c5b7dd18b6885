/**
 * Hands over in one go what came since the last frame: a thousand requests in a second are drawn
 * sixty times, not a thousand. In a tab that nobody sees frames do not come, so a timer stands in.
 */
export const perFrame = <Item>(
  max: number,
  take: (items: readonly Item[]) => void,
): { readonly add: (item: Item) => void; readonly clear: () => void } => {
  let waiting: Item[] = [];
  let isScheduled = false;
  const flush = (): void => {
    const items = waiting;
    waiting = [];
    isScheduled = false;
    if (items.length > 0) take(items);
  };
  return {
    add: (item) => {
      waiting.push(item);
      if (waiting.length > max * 2) waiting = waiting.slice(-max);
      if (isScheduled) return;
      isScheduled = true;
      if (document.hidden) setTimeout(flush, 250);
      else requestAnimationFrame(flush);
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
