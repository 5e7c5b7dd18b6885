import { isSdkError } from '../../http/errors.ts';
import type { ConnectCore } from '../connect-core.ts';
import type { Queries, ResultOf } from '../queries/query.ts';
import type { Outcome, AnyOutcomes } from '../results/results.ts';
import { type Answered, askMetrics, type Part, type Send } from './ask.ts';
import { answersOf, decodeAll, demandAll, goodOnes } from './outcomes.ts';
import type { FetchOptions, Question, RequestHead } from './question.ts';
import { throughCache } from './through-cache.ts';
import { wireMetrics } from './wire-metrics.ts';

/** A metric's outcome, by its name. */
export type NamedOutcome<Q extends Queries = Queries> = {
  readonly [Name in keyof Q & string]: {
    readonly name: Name;
    readonly outcome: Outcome<ResultOf<Q[Name]>>;
  };
}[keyof Q & string];

const timeoutMs = 120_000;

/** One request, or what is kept of the same one. */
const sender =
  (core: ConnectCore, head: RequestHead, options: FetchOptions): Send =>
  async (queries, ids, signal) => {
    const { cache } = options;
    const call = () =>
      core
        .call({
          method: 'post',
          path: '/metrics/get-data',
          mode: 'safe',
          timeoutMs,
          init: () => ({ body: { ...head, metrics: wireMetrics(queries, ids) } }),
          decode: (body) => decodeAll(queries, ids, body),
          options: { ...options, signal },
        })
        .withResponse();
    if (cache === undefined) return call();
    const entries = Object.entries(queries);
    const isGood = (outcomes: AnyOutcomes) => Object.values(outcomes).every(({ ok }) => ok);
    return throughCache<Answered>(
      cache,
      [
        core.baseUrl(),
        await core.authorize(),
        head,
        entries.map(([name, { wire }]) => [name, wire]),
      ],
      (text) => {
        const answers = JSON.parse(text) as readonly unknown[];
        const body = Object.fromEntries(entries.map(([name], i) => [ids[name], answers[i]]));
        const data = decodeAll(queries, ids, body);
        return isGood(data) ? { data } : undefined;
      },
      async () => {
        const value = await call();
        const answers = answersOf(
          value.response.body,
          entries.map(([name]) => ids[name] as string),
        );
        return { value, text: isGood(value.data) ? JSON.stringify(answers) : undefined };
      },
    );
  };

const partsOf = (core: ConnectCore, { queries, head, options }: Question) =>
  askMetrics(queries, sender(core, head, options), options);

const joined = (parts: readonly Part[]): AnyOutcomes =>
  Object.fromEntries(parts.flatMap(({ outcomes }) => Object.entries(outcomes)));

/** All metrics: results, or outcomes if the question says so. */
export const fetchMetrics = async (core: ConnectCore, question: Question) => {
  const { queries, options } = question;
  const parts: Part[] = [];
  try {
    for await (const part of partsOf(core, question)) {
      parts.push(part);
      if (part.error !== undefined && !options.partial) throw part.error;
    }
  } catch (error) {
    const value = goodOnes(joined(parts));
    if (parts.length > 0 && isSdkError(error)) Object.defineProperty(error, 'results', { value });
    throw error;
  }
  const broughtNothing = ({ error, outcomes }: Part) =>
    error !== undefined && !Object.values(outcomes).some(({ ok }) => ok);
  if (parts.every(broughtNothing)) throw parts[0]?.error;
  const responses = parts.flatMap(({ responses }) => responses);
  const found = joined(parts);
  const outcomes: AnyOutcomes = Object.fromEntries(
    Object.keys(queries).map((name) => [name, found[name] as Outcome]),
  );
  const { status, body } = responses[0] ?? {};
  const attempts = responses.reduce((sum, one) => sum + one.attempts, 0);
  const data = options.partial ? outcomes : demandAll(outcomes, { status, body, attempts });
  return { data, responses };
};

/** Each metric, once it is there. */
export async function* streamMetrics(
  core: ConnectCore,
  question: Question,
): AsyncGenerator<NamedOutcome, void> {
  for await (const { outcomes } of partsOf(core, question)) {
    for (const [name, outcome] of Object.entries(outcomes)) yield { name, outcome };
  }
}
