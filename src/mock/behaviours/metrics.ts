import type { components } from '../../../generated/reportei.ts';
import { answer, type Periods, type Query } from '../data/answers.ts';
import { rowCount } from '../data/breakdown.ts';
import { parseDay, type Period } from '../data/daily.ts';
import type { Reply } from '../exchange.ts';
import { failure, refusalOf } from '../failures.ts';
import type { State } from '../state.ts';
import type { Behaviours, Call, World } from '../world.ts';
import { integrationsOf } from './integrations.ts';

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
    return {
      status: 200,
      body: { success: true, message: 'Metrics data collection started' },
      after: world.webhooks.prepare(url, JSON.stringify(collected.body)),
    };
  },
};

function collect(call: Call<DataRequest>, world: World): Reply {
  const request = call.body;
  const asked = [request.customer_integration ?? request.customer_integration_uuids ?? []].flat();
  const known = new Set(integrationsOf(call, world).map((one) => one.uuid));
  if (!asked.every((uuid) => known.has(uuid))) {
    return failure('reportei', 404, 'Customer integration not found');
  }

  const periods = periodsOf(request);
  if ('problems' in periods) return refusalOf(periods.problems);
  const queries = request.metrics.map((metric) => queryOf(metric, asked, world.state));
  if (queries.reduce((sum, query) => sum + costOf(query, periods), 0) > MAX_COST) {
    return failure('reportei', 422, 'These metrics are too many for the emulator in one request.');
  }
  const results = queries.map((query, i): [string, unknown] => [
    request.metrics[i]?.id ?? '',
    answer(query, periods),
  ]);
  return { status: 200, body: Object.fromEntries(results) };
}

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
