import { guessKind, KINDS, type Kind } from './kinds.ts';

/** What a `setup.json` says about a metric, as far as it matters. */
export interface Definition {
  readonly label?: unknown;
  /** How values of several days become one: `latest_value` and `recalculate` are seen. */
  readonly group_by?: unknown;
  /** How the application writes the value: `currency`, `percentage`, `seconds_to_hours`, … */
  readonly formatting_function?: unknown;
  readonly isDate?: unknown;
  readonly options?: unknown;
}

/** The kind of a metric by its definition, and where that says nothing by its name or label. */
export function kindOfDefinition(metric: string, definition: Definition): Kind {
  const format = text(definition.formatting_function);
  const grouping = text(definition.group_by);
  const guess = guessOf(metric, text(definition.label));
  if (definition.isDate === true || format.includes('date')) return 'date';
  if (/^latest|^last/.test(grouping)) return 'stock';

  const ratio = /^(recalculate|average|avg|mean)/.test(grouping) || familyOf(guess) === 'ratio';
  if (format === 'currency') return ratio ? 'cost' : 'money';
  // The one is written as it is with a sign behind it, the other a hundred times as large.
  if (format === 'add_percentage') return 'percent';
  if (format === 'percentage') return 'fraction';
  if (format.startsWith('milliseconds'))
    return grouping === 'sum' || guess === 'count' ? 'count' : 'milliseconds';
  if (format.startsWith('seconds')) return grouping === 'sum' ? 'count' : 'seconds';
  if (grouping === 'sum') return guess === 'money' ? 'money' : 'count';
  if (familyOf(guess) === 'ratio') return guess;
  if (grouping === 'recalculate') return 'unique';
  if (ratio) return 'mean';
  // Texts are aligned to the left; so are some figures, which their names tell.
  const left = [definition.options].flat().includes('align_left');
  return left && guess === 'count' ? 'text' : guess;
}

/** Labels say "Cost per link click" of what is called `spend:link_click`. */
function guessOf(metric: string, label: string): Kind {
  const guess = guessKind(metric);
  const family = familyOf(guessKind(label));
  return guess === 'count' && family === 'ratio' ? guessKind(label) : guess;
}

const familyOf = (kind: Kind): string => KINDS[kind].family;
const text = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');
