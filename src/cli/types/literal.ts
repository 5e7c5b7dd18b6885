/**
 * Characters that must not stand in the source as they are: they end a line, cannot be seen, or turn
 * the direction of what follows, so that the source would read other than it is.
 */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;

/** A page that has the module inside would take these for its own. */
const MARKUP = /<(?=\/?script|!--)/gi;

const SHORT: ReadonlyMap<string, string> = new Map([
  ['\n', String.raw`\n`],
  ['\r', String.raw`\r`],
  ['\t', String.raw`\t`],
]);

function escaped(char: string): string {
  const short = SHORT.get(char);
  if (short !== undefined) return short;
  const hex = (char.codePointAt(0) ?? 0).toString(16);
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
}

/** A string of TypeScript that is this text, in the quotes that need fewer escapes. */
export function textLiteral(text: string): string {
  const count = (quote: string): number => text.split(quote).length;
  const quote = count("'") > count('"') ? '"' : "'";
  const inner = text
    .replaceAll('\\', '\\\\')
    .replaceAll(quote, `\\${quote}`)
    .replace(HIDDEN, escaped)
    .replace(MARKUP, String.raw`\x3C`);
  return quote + inner + quote;
}

/** A number of TypeScript; JSON has neither NaN nor a way to write Infinity. */
export const numberLiteral = (value: number): string =>
  Object.is(value, -0) ? '-0' : String(value).replace('e+', 'e');

/** Letters that every compiler knows as such, of the alphabets that names are likely to be in. */
const LETTERS = String.raw`A-Za-z_$\xc0-\xd6\xd8-\xf6\xf8-\u02af\u03b1-\u03c9\u0410-\u044f\u05d0-\u05ea\u0620-\u064a\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4db5\u4e00-\u9fcc\uac00-\ud7a3`;
const PLAIN_NAME = new RegExp(`^[${LETTERS}][${LETTERS}\\d]*$`);

/** A name in an object's literal. */
export function keyLiteral(name: string): string {
  // As a plain name it would be the object's prototype.
  if (name === '__proto__') return "['__proto__']";
  return PLAIN_NAME.test(name) ? name : textLiteral(name);
}
