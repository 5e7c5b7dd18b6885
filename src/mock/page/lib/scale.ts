/** Round numbers for an axis, from the least to the greatest one that is needed. */
export const ticksFor = (
  low: number,
  high: number,
  count = 4,
  isWhole = false,
): readonly number[] => {
  const from = Math.min(0, low);
  const to = Math.max(0, high);
  if (from === to) return [0, 1];
  const rough = (to - from) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const round = ([1, 2, 2.5, 5, 10].find((one) => one * power >= rough) ?? 10) * power;
  const step = isWhole ? Math.max(1, Math.ceil(round)) : round;
  const first = Math.floor(from / step);
  const last = Math.ceil(to / step);
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
};

/** At most `count` places out of `length`, evenly spread, for labels that must not overlap. */
export const spread = (length: number, count: number): readonly number[] => {
  if (length <= count) return Array.from({ length }, (_, index) => index);
  const step = Math.ceil(length / Math.max(1, count));
  return Array.from({ length: Math.ceil(length / step) }, (_, index) => index * step);
};
