const before = 60;
const length = 180;

/** Words that begin with one of the terms: the same that the index knows them by. */
const wordsOf = (terms: readonly string[]): RegExp | undefined => {
  const escaped = terms.map((term) => term.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  if (escaped.length === 0) return undefined;
  // The longest first, or `re` would hide `retry`.
  const longestFirst = escaped.toSorted((a, b) => b.length - a.length);
  return new RegExp(`(?:${longestFirst.join('|')})`, 'giu');
};

/** The stretch of a text around the first of the terms. */
export const excerpt = (text: string, terms: readonly string[]): string => {
  const at = Math.max(wordsOf(terms)?.exec(text)?.index ?? 0, 0);
  const start = at < before ? 0 : text.indexOf(' ', at - before) + 1;
  const cut = text.slice(start, start + length);
  const end = start + length < text.length ? `${cut.replace(/\s\S*$/, '')} …` : cut;
  return start > 0 ? `… ${end}` : end;
};

/** A text with the terms in <mark>. */
export const markWords = (text: string, terms: readonly string[]): readonly (Node | string)[] => {
  const words = wordsOf(terms);
  if (!words) return [text];
  const parts: (Node | string)[] = [];
  let end = 0;
  for (const match of text.matchAll(words)) {
    const mark = document.createElement('mark');
    mark.textContent = match[0];
    parts.push(text.slice(end, match.index), mark);
    end = match.index + match[0].length;
  }
  return [...parts, text.slice(end)];
};
