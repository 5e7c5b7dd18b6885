import type { components } from '../../../generated/reportei.ts';
import type { Periods, Query } from '../data/answers.ts';
import { parseDay, type Period } from '../data/daily.ts';
import type { Reply } from '../exchange.ts';
import { failure, refusalOf } from '../contract/failures.ts';
import type { State } from '../state.ts';
import type { Behaviours, Call, World } from '../world.ts';
import { integrationsOf } from './integrations.ts';
import { enveloped, outcome, withNumbersAsText } from './outcomes.ts';

type DataRequest = components['schemas']['GetDataRequest'];
type MetricQuery = components['schemas']['MetricQuery'];

/** Some engines say that they can parse a longer one, and then do not. */
const MAX_URL = 8_192;

export const metrics: Behaviours<'getData' | 'getDataAsync'> = {
  getData: collect,

  getDataAsync: (call, world) => {
    const url = call.body.metrics_webhook_url;
    // The schema's idea of a URI is wider than what can be called.
    if (url.length > MAX_URL || !URL.canParse(url)) {
      return refusalOf({ metrics_webhook_url: 'must be a valid URL' });
    }
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
  const names = request.metrics.reduce(
    (sum, { metrics, dimensions = [] }) => sum + metrics.length + dimensions.length,
    0,
  );
  if (names > MAX_NAMES) return tooMany();
  const asks = request.metrics.map((metric) => ({
    metric,
    ...world.ask(queryOf(metric, asked, world.state), periods),
  }));
  if (asks.reduce((sum, { work }) => sum + work, 0) > MAX_WORK) {
    return tooMany();
  }

  const { catalog } = world;
  const { unknownMetric, numbersAsText, missingMetrics, envelope } = world.settings();
  const isUnknown = (key: string): boolean => catalog?.knows(key) === false;
  const unknown = request.metrics.find((one) => isUnknown(one.reference_key));
  if (unknown && unknownMetric === 'refuse') return refusedMetric(unknown.reference_key);

  const shown = missingMetrics ? asks.slice(0, -1) : asks;
  const results = shown.flatMap(({ metric, answer }): [string, unknown][] => {
    const circumstances = {
      referenceKey: metric.reference_key,
      integrations: own,
      unknown: isUnknown(metric.reference_key),
      unknownMetric,
      fault: call.fault?.metrics,
    };
    const found = outcome(circumstances, answer);
    if (found === undefined) return [];
    return [[metric.id, numbersAsText ? withNumbersAsText(found) : found]];
  });
  return { status: 200, body: enveloped(Object.fromEntries(results), envelope) };
}

const tooMany = (): Reply =>
  failure('reportei', 422, 'These metrics are too many for the emulator in one request.');

const refusedMetric = (reference_key: string): Reply => ({
  status: 422,
  body: {
    message: `The metric ${reference_key} is not available for this integration.`,
    extra: { reference_key },
  },
});

/** Of metrics and dimensions in all queries: the largest catalogue has some hundreds. */
const MAX_NAMES = 100_000;

/** About two seconds: twenty years of the largest catalogue take less. */
const MAX_WORK = 20_000_000;

function queryOf(metric: MetricQuery, integrations: readonly string[], state: State): Query {
  const { reference_key, entity_type = '', entity_id = '', dimensions = [] } = metric;
  return {
    component: metric.component,
    metrics: metric.metrics,
    dimensions: dimensions.map((one) => (typeof one === 'string' ? one : one.field)),
    conditions: dimensions.filter((one) => typeof one === 'object'),
    sort: metric.sort ?? [],
    // Not the id and not the component: a chart and a number of the same key have to agree.
    basis: [state.seed, ...integrations, reference_key, entity_type, entity_id],
    referenceKey: reference_key,
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
