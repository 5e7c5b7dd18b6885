import { answer, type Periods, type Query } from './answers.ts';
import type { Catalog } from './catalog.ts';

/** Works out the answer to one metric, or takes it from what was worked out before. */
export type AnswerMetric = (
  query: Query,
  periods: Periods,
  work: number,
) => Readonly<Record<string, unknown>>;

const MAX_ANSWERS = 1_000;
/** About a thousand cells: larger answers would fill the memory. */
const MAX_WORK = 5_000;

/** Dashboards ask the same again and again, and the data never changes. */
export function rememberAnswers(catalog: Catalog | undefined): AnswerMetric {
  const known = new Map<string, ReturnType<AnswerMetric>>();
  return (query, periods, work) => {
    if (work > MAX_WORK) return answer(query, periods, catalog);
    const key = JSON.stringify([query, periods]);
    const found = known.get(key);
    if (found) return found;
    const made = answer(query, periods, catalog);
    if (known.size >= MAX_ANSWERS) known.clear();
    known.set(key, made);
    return made;
  };
}
