import {
  collect,
  createReporteiClient,
  type CustomerClient,
  type Duration,
  isSdkError,
  type Outcome,
  type Queries,
  type ResolvedPeriod,
} from '../reportei/index.ts';
import { toMilliseconds } from '../http/duration.ts';
import type { Integration, IntegrationReport, Metric } from './report/model.ts';

/** What to fetch, and how. */
export interface Fetching {
  readonly queries: Queries;
  readonly integrations: readonly string[];
  readonly period: ResolvedPeriod;
  readonly timeZone: string | undefined;
  readonly chunk: number;
  readonly concurrency: number;
  readonly deadline: Duration | undefined;
  readonly splitRefused: boolean;
  /** Whether the integrations' names are wanted. */
  readonly titles: boolean;
  /** Called with each metric as soon as it is there. */
  readonly onMetric: (integration: string, metric: Metric) => void;
}

/**
 * Fetches the metrics of all integrations at the same time, under one client's limits. What fails is an
 * outcome, also where it is a whole request.
 *
 * @throws ConfigError for options that cannot work, such as a missing token.
 */
export async function fetchReports(fetching: Fetching): Promise<readonly IntegrationReport[]> {
  const { integrations, concurrency } = fetching;
  const customer = createReporteiClient({ concurrency }).customer();
  const remaining = countdown(fetching.deadline);
  const reports = new Map<string, IntegrationReport>();
  const work = async (uuid: string): Promise<IntegrationReport> => {
    const [metrics, integration] = await Promise.all([
      fetchOne(customer, uuid, fetching, remaining()),
      fetching.titles ? lookUp(customer, uuid) : { uuid, title: null },
    ]);
    return { integration, metrics };
  };
  for await (const one of collect(integrations, work, { concurrency })) {
    if (!one.ok) throw one.error;
    reports.set(one.item, one.value);
  }
  return integrations.flatMap((uuid) => reports.get(uuid) ?? []);
}

/** What is left of the time for everything, at least a moment. */
function countdown(deadline: Duration | undefined): () => number | undefined {
  if (deadline === undefined) return () => undefined;
  const end = performance.now() + toMilliseconds(deadline, '--deadline', 1);
  return () => Math.max(1, Math.round(end - performance.now()));
}

async function fetchOne(
  customer: CustomerClient,
  integration: string,
  fetching: Fetching,
  deadline: number | undefined,
): Promise<readonly Metric[]> {
  const { queries, period, timeZone, chunk, splitRefused } = fetching;
  const { start, end, compare } = period;
  const outcomes = new Map<string, Outcome>();
  const stream = customer.metricsStream(queries, {
    integration,
    start,
    end,
    chunk,
    deadline,
    ...(compare && { compare }),
    ...(timeZone !== undefined && { timeZone }),
    onRefused: splitRefused ? 'split' : 'throw',
  });
  const metricOf = (name: string, outcome: Outcome): Metric => {
    const { wire } = queries[name] as Queries[string];
    return { name, wire, outcome };
  };
  for await (const { name, outcome } of stream) {
    outcomes.set(name, outcome as Outcome);
    fetching.onMetric(integration, metricOf(name, outcome as Outcome));
  }
  return Object.keys(queries).flatMap((name) => {
    const outcome = outcomes.get(name);
    return outcome ? [metricOf(name, outcome)] : [];
  });
}

/** What people call an integration. A report can do without. */
async function lookUp(customer: CustomerClient, uuid: string): Promise<Integration> {
  try {
    const found = await customer.integrations.get(uuid, { timeout: '10s', maxRetries: 0 });
    const parts = [found.integration?.name, found.source_name].filter(
      (one) => typeof one === 'string' && one !== '',
    );
    return { uuid, title: parts.length > 0 ? parts.join(' · ') : null };
  } catch (error) {
    if (isSdkError(error)) return { uuid, title: null };
    throw error;
  }
}
