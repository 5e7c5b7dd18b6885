import { CallbackError } from '../../http/errors.ts';
import { readMetricOutcomes } from '../metrics/outcomes.ts';
import type { MetricSet } from '../queries/metric-set.ts';
import { sameBytes, uuidText } from './bytes.ts';
import { deriveIds, holdsAny } from './ids.ts';
import { parameter } from './prepare.ts';
import { readJson } from './read-body.ts';
import type { Settings } from './settings.ts';
import { type OpenedToken, openToken } from './token.ts';
import type { Delivery } from './types.ts';

const refusal = (status: number, message: string): CallbackError =>
  new CallbackError(message, { status });

/** The token as it is written in the URL: once, and not in percent-encoding. */
const tokenOf = (address: string): string => {
  const { search, searchParams } = new URL(address);
  const [token = '', another] = searchParams.getAll(parameter);
  const isPlain = search.slice(1).split('&').includes(`${parameter}=${token}`);
  return isPlain && another === undefined ? token : '';
};

/** Everything that can be known before the body is read. */
const openRequest = async (settings: Settings, { method, url }: Request): Promise<OpenedToken> => {
  if (method !== 'POST') throw refusal(405, 'the request is not a POST');
  const opened = await openToken(await settings.keys(), settings.url, tokenOf(url));
  if (opened === undefined) throw refusal(404, 'the URL has no token of ours');
  if (opened.claims.expires * 1_000 <= Date.now()) throw refusal(410, 'the URL has expired');
  return opened;
};

export const receiveDelivery = async (settings: Settings, request: Request): Promise<Delivery> => {
  const { claims, keys } = await openRequest(settings, request);
  const jobId = uuidText(claims.job);
  const known = (await settings.sets()).find(
    ({ set, digest }) => set.name === claims.set && sameBytes(digest, claims.digest),
  );
  if (known === undefined) {
    // Not 404 or 410: another receiver may know the set, or this one after a deployment.
    throw refusal(500, `job ${jobId} asked for a set ${claims.set} that is not in sets (any more)`);
  }
  const { set }: { readonly set: MetricSet } = known;
  const body = await readJson(request, settings.maxBodyBytes);
  const ids = await deriveIds(keys.ids, claims.job, Object.keys(set.queries));
  if (!holdsAny(body, ids)) throw refusal(404, 'the body has no metric that the job asked for');
  return {
    set: set.name,
    jobId,
    context: claims.context,
    outcomes: readMetricOutcomes(set, ids, body),
    expiresAt: new Date(claims.expires * 1_000),
    body,
  };
};
