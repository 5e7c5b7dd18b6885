import type { components } from '../../../generated/reportei.ts';
import { answer, type Periods, type Query } from '../data/answers.ts';
import { rowCount } from '../data/breakdown.ts';
import { parseDay, type Period } from '../data/daily.ts';
import type { Reply } from '../exchange.ts';
import { failure, refusalOf } from '../contract/failures.ts';
import type { State } from '../state.ts';
import type { Behaviours, Call, World } from '../world.ts';
import { integrationsOf } from './integrations.ts';
import { enveloped, outcome, withNumbersAsText } from './outcomes.ts';

type DataRequest = components['schemas']['GetDataRequest'];
type MetricQuery = components['schemas']['MetricQuery'];

export const metrics: Behaviours<'getData' | 'getDataAsync'> = {
  getData: collect,

  getDataAsync: (call, world) => {
    const url = call.body.metrics_webhook_url;
    // The schema's idea of a URI is wider than what can be called.
    if (!URL.canParse(url)) return refusalOf({ metrics_webhook_url: 'must be a valid URL' });
    const collected = collect(call, world);
    if (collected.status !== 200) return collected;
    const body = JSON.stringify(collected.body);
    return {
      status: 200,
      body: { success: true, message: 'Metrics data collection started' },
      ...world.webhooks.promise({ url, body, fault: call.fault?.webhook }),
    };
  },
};

function collect(call: Call<DataRequest>, world: World): Reply {
  const request = call.body;
  const asked = [request.customer_integration ?? request.customer_integration_uuids ?? []].flat();
  const own = integrationsOf(call, world).filter((one) => asked.includes(one.uuid));
  if (own.length < new Set(asked).size) {
    return failure('reportei', 404, 'Customer integration not found');
  }

  const periods = periodsOf(request);
  if ('problems' in periods) return refusalOf(periods.problems);
  const queries = request.metrics.map((metric) => queryOf(metric, asked, world.state));
  if (queries.reduce((sum, query) => sum + costOf(query, periods), 0) > MAX_COST) {
    return failure('reportei', 422, 'These metrics are too many for the emulator in one request.');
  }

  const { catalog, settings } = world;
  const { unknownMetric, numbersAsText, missingMetrics, envelope } = settings();
  const unknown = request.metrics.find((one) => catalog?.knows(one.reference_key) === false);
  if (unknown && unknownMetric === 'refuse') return refusedMetric(unknown.reference_key);
  const fault = call.fault?.metrics;
  const results = request.metrics.flatMap((metric, i): [string, unknown][] => {
    const query = queries[i];
    const missing = missingMetrics && i === request.metrics.length - 1;
    if (!query || missing) return [];
    const found = outcome(
      {
        metric,
        integrations: own,
        unknown: metric === unknown || catalog?.knows(metric.reference_key) === false,
        unknownMetric,
        fault,
      },
      () => answer(query, periods, catalog),
    );
    return found === undefined
      ? []
      : [[metric.id, numbersAsText ? withNumbersAsText(found) : found]];
  });
  return { status: 200, body: enveloped(Object.fromEntries(results), envelope) };
}

const refusedMetric = (reference_key: string): Reply => ({
  status: 422,
  body: {
    message: `The metric ${reference_key} is not available for this integration.`,
    extra: { reference_key },
  },
});

/** About a second of work: five years by day of every metric in a large catalogue is a tenth. */
const MAX_COST = 10_000_000;

/** The days to sum up and the cells to fill. */
function costOf({ metrics, dimensions }: Query, { asked, compared }: Periods): number {
  const days = [asked, ...(compared ? [compared] : [])].reduce(
    (sum, { first, last }) => sum + last - first + 1,
    0,
  );
  return (metrics.length + 1) * (days + rowCount(dimensions, asked) * (dimensions.length + 1));
}

function queryOf(metric: MetricQuery, integrations: readonly string[], state: State): Query {
  const { reference_key, entity_type = '', entity_id = '' } = metric;
  return {
    component: metric.component,
    metrics: metric.metrics,
    dimensions: (metric.dimensions ?? []).map((one) => (typeof one === 'string' ? one : one.field)),
    sort: metric.sort ?? [],
    // Not the id and not the component: a chart and a number of the same key have to agree.
    basis: [state.seed, ...integrations, reference_key, entity_type, entity_id],
  };
}

/** Longer periods are refused: the days of a mistyped year 9999 would take minutes to sum up. */
const MAX_DAYS = 366 * 20;

function periodsOf(request: DataRequest): Periods | { problems: Readonly<Record<string, string>> } {
  const problems: Record<string, string> = {};
  const read = (from: 'start' | 'comparison_start', to: 'end' | 'comparison_end'): Period => {
    const first = parseDay(request[from] ?? '');
    const last = parseDay(request[to] ?? '');
    if (first === undefined) problems[from] = 'must be a valid date';
    if (last === undefined) problems[to] = 'must be a valid date';
    if (first === undefined || last === undefined) return { first: 0, last: 0 };
    if (last < first) problems[to] = `must be a date after or equal to ${from}`;
    if (last - first > MAX_DAYS) problems[to] = 'must be within twenty years of its start';
    return { first, last };
  };
  const asked = read('start', 'end');
  const compared =
    request.comparison_start === undefined ? null : read('comparison_start', 'comparison_end');
  return Object.keys(problems).length > 0 ? { problems } : { asked, compared };
}
