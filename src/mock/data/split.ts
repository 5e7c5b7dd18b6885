/**
 * Splits a whole number by whole weights so that the parts are whole and sum to it exactly
 * (largest remainder; the earlier part wins a tie).
 *
 * Kept in exact integers: `total × weight` has to stay below 2⁵³, which weights below 2¹² and
 * totals below 2⁴⁰ do.
 */
export function split(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  if (sum === 0) return weights.map((_, i) => (i === 0 ? total : 0));

  const remainders = weights.map((weight) => (total * weight) % sum);
  const parts = weights.map((weight, i) => (total * weight - (remainders[i] ?? 0)) / sum);
  const left = total - parts.reduce((a, b) => a + b, 0);

  const byRemainder = weights
    .map((_, i) => i)
    .sort((a, b) => (remainders[b] ?? 0) - (remainders[a] ?? 0) || a - b);
  for (const i of byRemainder.slice(0, left)) parts[i] = (parts[i] ?? 0) + 1;
  return parts;
}
