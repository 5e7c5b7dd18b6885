const compareParts = (a: string, b: string): number => {
  const areNumbers = [a, b].map((part) => /^\d+$/.test(part));
  if (areNumbers.every(Boolean)) return Number(a) - Number(b);
  // A number comes before a word, as Semantic Versioning has it.
  if (areNumbers[0] !== areNumbers[1]) return areNumbers[0] ? -1 : 1;
  return a < b ? -1 : Number(a > b);
};

/** The order of Semantic Versioning: negative when `a` is older. */
export const compareVersions = (a: string, b: string): number => {
  const [coreA = '', preA] = a.split(/-(.*)/, 2);
  const [coreB = '', preB] = b.split(/-(.*)/, 2);
  if (coreA === coreB && (preA === undefined || preB === undefined)) {
    return Number(preA === undefined) - Number(preB === undefined);
  }
  const [left, right] = coreA === coreB ? [preA, preB] : [coreA, coreB];
  const partsA = (left ?? '').split('.');
  const partsB = (right ?? '').split('.');
  for (const [i, part] of partsA.entries()) {
    const other = partsB[i];
    const order = other === undefined ? 1 : compareParts(part, other);
    if (order !== 0) return order;
  }
  return partsA.length - partsB.length;
};
