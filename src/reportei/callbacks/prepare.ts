import { ConfigError } from '../../http/errors.ts';
import type { MetricSet } from '../queries/metric-set.ts';
import { asUuid, uuidText } from './bytes.ts';
import { deriveIds } from './ids.ts';
import type { Settings } from './settings.ts';
import { signToken } from './token.ts';
import type { PreparedWebhook } from './types.ts';

/** The name of the token in the URL's query. */
export const parameter = 't';

/** Connect takes no more. */
const longestUrl = 255;

export const prepareWebhook = async (
  { url: base, ttlMs, keys: allKeys, sets }: Settings,
  set: MetricSet,
  context: unknown = '',
): Promise<PreparedWebhook> => {
  const known = (await sets()).find((one) => one.set === set);
  if (known === undefined) throw new ConfigError('prepare takes only what is in sets');
  if (typeof context !== 'string' || /\p{Surrogate}/u.test(context)) {
    throw new ConfigError('context must be a text, without half a surrogate pair');
  }
  const [keys] = await allKeys();
  const job = asUuid(crypto.getRandomValues(new Uint8Array(16)));
  const expires = Math.ceil((Date.now() + ttlMs) / 1_000);
  const claims = { job, expires, digest: known.digest, set: set.name, context };
  const url = `${base}?${parameter}=${await signToken(keys, base, claims)}`;
  if (url.length > longestUrl) {
    throw new ConfigError(
      `the webhook's URL is ${url.length - longestUrl} characters longer than the ${longestUrl} that Connect takes: shorten context, url or the set's name`,
    );
  }
  return {
    url,
    ids: await deriveIds(keys.ids, job, Object.keys(set.queries)),
    jobId: uuidText(job),
    expiresAt: new Date(expires * 1_000),
  };
};
