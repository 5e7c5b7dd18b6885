/** A piece of code that can be laid out: a text without a line break, or something with parts. */
export type Code = string | ListCode | FieldsCode | CallCode;

interface ListCode {
  readonly kind: 'list';
  readonly items: readonly Code[];
}

interface FieldsCode {
  readonly kind: 'fields';
  readonly fields: readonly (readonly [name: string, value: Code])[];
}

/** The last argument alone may be an object. */
interface CallCode {
  readonly kind: 'call';
  readonly callee: string;
  readonly args: readonly Code[];
}

const COLUMNS = 100;

/** Names up to this long keep a text on their line, however long it is. */
const SHORT_NAME = 4;

/**
 * Code in the layout that Prettier would give it: on one line if it fits in 100 columns, else each
 * part on a line of its own.
 *
 * @param column where the line is by now
 * @param indent of the line
 * @param after how much follows the code on its last line
 */
export function layOut(code: Code, column: number, indent: number, after: number): string {
  const line = onOneLine(code);
  if (line !== undefined && column + widthOf(line) + after <= COLUMNS) return line;
  if (typeof code === 'string') return code;
  if (code.kind === 'list') return brokenList(code, indent);
  if (code.kind === 'fields') return brokenFields(code, indent);
  return brokenCall(code, column, indent);
}

/** `undefined` for what takes several lines in any case. */
function onOneLine(code: Code): string | undefined {
  if (typeof code === 'string') return code;
  if (code.kind === 'fields') {
    if (code.fields.length === 0) return '{}';
    const values = code.fields.map(([, value]) => onOneLine(value));
    if (values.includes(undefined)) return undefined;
    return `{ ${code.fields.map(([name], i) => `${name}: ${values[i]}`).join(', ')} }`;
  }
  if (code.kind === 'list' && isTable(code)) return undefined;
  const parts = (code.kind === 'list' ? code.items : code.args).map(onOneLine);
  if (parts.includes(undefined)) return undefined;
  return code.kind === 'list' ? `[${parts.join(', ')}]` : `${code.callee}(${parts.join(', ')})`;
}

/** Several objects, or several lists, each with several parts. */
function isTable({ items }: ListCode): boolean {
  const [first] = items;
  return (
    items.length > 1 && items.every((item) => sizeOf(item) > 1 && kindOf(item) === kindOf(first))
  );
}

const kindOf = (code: Code | undefined): string | undefined =>
  typeof code === 'object' ? code.kind : undefined;

function sizeOf(code: Code): number {
  if (typeof code === 'string' || code.kind === 'call') return 0;
  return code.kind === 'list' ? code.items.length : code.fields.length;
}

const lines = (open: string, inner: readonly string[], indent: number, close: string): string =>
  [
    open,
    ...inner.map((line) => `${' '.repeat(indent + 2)}${line}`),
    ' '.repeat(indent) + close,
  ].join('\n');

function brokenList({ items }: ListCode, indent: number): string {
  const inside = indent + 2;
  const isNumbers = items.length > 1 && items.every((item) => /^-?[\d.]/.test(item as string));
  const parts = isNumbers
    ? filled(items as readonly string[], COLUMNS - inside)
    : items.map((item) => `${layOut(item, inside, inside, 1)},`);
  return lines('[', parts, indent, ']');
}

/** As many on each line as there is room for. */
function filled(items: readonly string[], width: number): readonly string[] {
  const rows: string[] = [];
  for (const item of items) {
    const row = rows.at(-1);
    if (row !== undefined && row.length + item.length + 2 <= width) {
      rows[rows.length - 1] = `${row} ${item},`;
    } else {
      rows.push(`${item},`);
    }
  }
  return rows;
}

function brokenFields({ fields }: FieldsCode, indent: number): string {
  const inside = indent + 2;
  const parts = fields.map(([name, value]) => {
    const column = inside + widthOf(name) + 2;
    const moves = widthOf(name) > SHORT_NAME && column + startOf(value) > COLUMNS;
    return moves
      ? `${name}:\n${' '.repeat(inside + 2)}${layOut(value, inside + 2, inside + 2, 1)},`
      : `${name}: ${layOut(value, column, inside, 1)},`;
  });
  return lines('{', parts, indent, '}');
}

/** How much of a value has to fit on its name's line, or it goes to the next one. */
function startOf(code: Code): number {
  // These stay, as Prettier has it.
  if (typeof code === 'string' && /^(\d|true|false)/.test(code)) return -Infinity;
  if (typeof code === 'string') return widthOf(code) + 1;
  if (code.kind === 'call') return code.callee.length + 1;
  return sizeOf(code) === 0 ? 3 : 1;
}

/** The last argument's braces at the end of the line, if there is room for that. */
function brokenCall({ callee, args }: CallCode, column: number, indent: number): string {
  const last = args.at(-1);
  const start = `${callee}(${args.slice(0, -1).map(onOneLine).join(', ')}, `;
  if (kindOf(last) === 'fields' && column + widthOf(start) + 1 <= COLUMNS) {
    return `${start}${brokenFields(last as FieldsCode, indent)})`;
  }
  const inside = indent + 2;
  const parts = args.map((arg) => `${layOut(arg, inside, inside, 1)},`);
  return lines(`${callee}(`, parts, indent, ')');
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/gu;

/** In columns: ideographs and emoji take two, an accent of its own none. */
const widthOf = (text: string): number =>
  /^[\x20-\x7e]*$/.test(text)
    ? text.length
    : Array.from(text.replace(/[\u0300-\u036f]/g, '').replace(WIDE, '  ')).length;
