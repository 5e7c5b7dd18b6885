const FEW = 2;

/** Whether a text is a word but for a few letters, its case and its separators. */
export function isNearly(word: string, text: string): boolean {
  const [a, b] = [letters(word), letters(text)];
  return Math.abs(a.length - b.length) <= FEW && distance(a, b) <= FEW;
}

const letters = (text: string): string => text.toLowerCase().replace(/[\s_-]+/g, '');

/** How many letters have to be added, removed or changed. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 0; i < a.length; i += 1) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j += 1) {
      const changed = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      next.push(Math.min(changed, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
