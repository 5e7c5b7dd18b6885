/** What a dimension given as an object asks of its values. */
export interface Condition {
  readonly field: string;
  readonly operator?: string | undefined;
  readonly value?: unknown;
}

type Test = (label: string, values: readonly string[]) => boolean;

const isOneOf: Test = (label, values) => values.includes(label);
const isNone: Test = (label, values) => !values.includes(label);
const holds: Test = (label, values) => values.some((value) => label.includes(value));

/** No document lists the operators: these are the usual words, without signs and in lower case. */
const OPERATORS: ReadonlyMap<string, Test> = new Map([
  ...['', '=', '==', '===', 'eq', 'equal', 'equals', 'is', 'exact', 'in', 'in_list', 'in list'].map(
    (name): [string, Test] => [name, isOneOf],
  ),
  ...[
    '!=',
    '!==',
    '<>',
    'ne',
    'neq',
    'not_equal',
    'not_equals',
    'is_not',
    'not',
    'not_in',
    'not in',
  ].map((name): [string, Test] => [name, isNone]),
  ...['contains', 'contain', 'like', 'includes'].map((name): [string, Test] => [name, holds]),
]);

/** Whether conditions say something about a dimension that is understood. */
export function isFiltered(conditions: readonly Condition[], dimension: string): boolean {
  return conditions.some((one) => one.field === dimension && testOf(one) !== undefined);
}

/** Whether a value of a dimension passes; a condition with an unknown operator asks for nothing. */
export function passes(
  conditions: readonly Condition[],
  dimension: string,
  label: string,
): boolean {
  return conditions.every((one) => {
    if (one.field !== dimension) return true;
    const test = testOf(one);
    if (test === undefined) return true;
    const values = [one.value].flat().map((value) => String(value).toLowerCase());
    return test(label.toLowerCase(), values);
  });
}

function testOf({ operator = '', value }: Condition): Test | undefined {
  return value === undefined || value === null
    ? undefined
    : OPERATORS.get(operator.trim().toLowerCase());
}
