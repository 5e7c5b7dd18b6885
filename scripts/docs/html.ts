/** The little that is needed to write and to read HTML that is ours. */

const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' } as const;

export const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"]/g, (char) => entities[char as keyof typeof entities]);

const named: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

export const unescapeHtml = (html: string): string =>
  html.replaceAll(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (decimal) return String.fromCodePoint(Number(decimal));
    if (hex) return String.fromCodePoint(Number.parseInt(hex as string, 16));
    return named[name as string] ?? whole;
  });

/** These stand inside words and sentences; every other tag parts them. */
const inlineTag = /<\/?(?:a|abbr|b|code|em|i|kbd|mark|small|span|strong|sub|sup)\b[^>]*>/g;

/** What is read of a piece of HTML, on one line. */
export const textOf = (html: string): string =>
  unescapeHtml(
    html
      .replaceAll(/<!--[^]*?-->/g, '')
      .replaceAll(inlineTag, '')
      .replaceAll(/<[^>]*>/g, ' '),
  )
    .replaceAll(/\s+/g, ' ')
    .trim();
