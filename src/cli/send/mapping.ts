import { BadRow } from './bad-row.ts';
import { secondsOf } from './moment.ts';
import type { Fields } from './rows.ts';

/** What a row's columns mean. */
export interface Mapping {
  /** Fields of the API, or `meta.NAME`, and the columns that they are taken from. */
  readonly map: Readonly<Record<string, string>>;
  /** The same for every row, whatever stands there. */
  readonly set: Readonly<Record<string, string>>;
  /** What becomes of columns that are no fields. */
  readonly rest: 'refuse' | 'meta' | 'ignore';
}

const NAMES =
  'activity_type product_id source event_at event_id environment ip_addr user_agent meta ' +
  'user_id user_id_type mode domain count';

export const FIELDS: ReadonlySet<string> = new Set(NAMES.split(' '));

const META = 'meta.';

/** Whether something can be mapped to it. */
export const isField = (name: string): boolean =>
  FIELDS.has(name) || (name.startsWith(META) && name.length > META.length);

/** A count if it says how many or of what kind, else an event. */
export const kindOf = (record: Fields): 'event' | 'count' =>
  record.count === undefined && record.mode === undefined ? 'event' : 'count';

/**
 * Makes rows into records of the API, yet to be checked by the client.
 *
 * @returns throws BadRow for a row that cannot become one.
 */
export function createMapper({ map, set, rest }: Mapping): (row: Fields) => Fields {
  const mapped = Object.entries(map);
  const constants = Object.entries(set);
  return (row) => {
    const record: Fields = {};
    const meta: [string, unknown][] = [];
    const put = (field: string, value: unknown): void => {
      if (field.startsWith(META)) meta.push([field.slice(META.length), value]);
      else record[field] = value;
    };
    const values = mapped.map(([field, column]): [string, unknown] => [
      field,
      valueAt(row, column),
    ]);
    for (const [, column] of mapped) removeAt(row, column);
    const left: [string, unknown][] = [];
    for (const [name, value] of Object.entries(row)) {
      if (isField(name) && map[name] === undefined) put(name, value);
      else left.push([name, value]);
    }
    for (const [field, value] of values) if (value !== undefined) put(field, value);
    for (const [field, value] of constants) put(field, value);
    if (rest === 'refuse' && left[0]) throw new BadRow(`${nameOf(left[0][0])} is no field`);
    return complete(record, rest === 'meta' ? left : [], meta);
  };
}

/** The columns of a CSV file that mean nothing, or are missing although they are mapped. */
export function checkColumns(
  columns: readonly string[],
  { map, rest }: Mapping,
): { readonly unknown: readonly string[]; readonly missing: readonly string[] } {
  const used = new Set(Object.values(map));
  const isKnown = (name: string): boolean =>
    used.has(name) || (isField(name) && map[name] === undefined);
  return {
    unknown: rest === 'refuse' ? columns.filter((name) => !isKnown(name)) : [],
    missing: [...used].filter((name) => !columns.includes(name)),
  };
}

/** Names of columns may be anything. */
const nameOf = (name: string): string => JSON.stringify(name.slice(0, 60));

type Entries = readonly (readonly [string, unknown])[];

/** Of `meta`, the rest of the columns gives way to the row's own, and that to single names. */
function complete(record: Fields, rest: Entries, meta: Entries): Fields {
  for (const [field, value] of Object.entries(record)) {
    if (value === null) delete record[field];
  }
  if (record.event_at !== undefined) record.event_at = secondsOf(record.event_at);
  if (record.count !== undefined) record.count = countOf(record.count);
  for (const field of ['user_id', 'product_id']) {
    if (Number.isSafeInteger(record[field])) record[field] = String(record[field]);
  }
  if (typeof record.meta === 'string') record.meta = readMeta(record.meta);
  if (rest.length + meta.length > 0) {
    const own = asObject(record.meta);
    record.meta = { ...Object.fromEntries(rest), ...own, ...Object.fromEntries(meta) };
  }
  if (isInexact(record.meta)) {
    throw new BadRow('meta has a number that JavaScript cannot hold: write it as a text');
  }
  if (record.count !== undefined && record.mode === undefined) {
    record.mode = record.user_id === undefined && record.domain !== undefined ? 'DOMAIN' : 'USER';
  }
  return record;
}

const countOf = (value: unknown): unknown =>
  typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? Number(value) : value;

function readMeta(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadRow('meta is not JSON');
  }
}

function asObject(meta: unknown): object {
  if (meta === undefined || meta === null) return {};
  if (typeof meta === 'object' && !Array.isArray(meta)) return meta;
  throw new BadRow('meta is not an object');
}

/** The client refuses what is deeper than 32 levels: no need to go down all the way. */
const DEEPEST = 40;

/** Ids of advertisements have more digits than a number of JavaScript can hold. */
function isInexact(value: unknown, level = 0): boolean {
  if (typeof value === 'number') return Math.abs(value) > Number.MAX_SAFE_INTEGER;
  if (typeof value !== 'object' || value === null || level > DEEPEST) return false;
  return Object.values(value).some((one) => isInexact(one, level + 1));
}

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Of a column, or of what lies deeper: `user.email`. A column that is called so comes first. */
function valueAt(row: Fields, path: string): unknown {
  if (Object.hasOwn(row, path)) return row[path];
  let value: unknown = row;
  for (const name of path.split('.')) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/** Takes out what was used, and objects of which nothing is left. */
function removeAt(row: Fields, path: string): void {
  if (Object.hasOwn(row, path)) {
    delete row[path];
    return;
  }
  const [name = '', ...deeper] = path.split('.');
  const inner = Object.hasOwn(row, name) ? row[name] : undefined;
  if (deeper.length === 0) delete row[name];
  else if (isObject(inner)) {
    removeAt(inner, deeper.join('.'));
    if (Object.keys(inner).length === 0) delete row[name];
  }
}
