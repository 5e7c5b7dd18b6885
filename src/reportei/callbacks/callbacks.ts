import { CallbackError, ConfigError } from '../../http/errors.ts';
import type { MetricSet } from '../queries/metric-set.ts';
import { prepareWebhook } from './prepare.ts';
import { receiveDelivery } from './receive.ts';
import { settingsOf } from './settings.ts';
import type { Callbacks, CallbackJob, CallbacksOptions, Delivery, Seen } from './types.ts';

/** Alike for all requests of one status: an answer must not tell why a token is bad. */
const answer = (status: number): Response =>
  new Response(null, { status, ...(status === 405 && { headers: { allow: 'POST' } }) });

/** Calls a hook of the user's, whatever comes of it. */
const tell = (hook: () => unknown): void => {
  void (async () => hook())().catch(() => {});
};

const claimed = async (seen: Seen, { jobId, expiresAt }: Delivery): Promise<boolean> => {
  const first: unknown = await seen.claim(jobId, { expiresAt });
  // Taken for "no", a forgotten return would drop every delivery.
  if (typeof first === 'boolean') return first;
  throw new ConfigError('seen.claim must say true or false');
};

const logError = (error: unknown): void => console.error(error);

const logReason = ({ message }: CallbackError): void => console.warn(message);

/**
 * The asynchronous variant of metrics: makes a URL for each job, and trusts what is posted there.
 * Connect signs nothing, so the URL is signed (HMAC-SHA-256), and the ids of the metrics are secret:
 * a leaked URL alone forges nothing. Nothing is stored. Runs wherever WebCrypto does.
 *
 * @throws ConfigError for options that cannot work.
 */
export const createCallbacks = <const Sets extends readonly MetricSet[]>(
  options: CallbacksOptions<Sets>,
): Callbacks<Sets[number]> => {
  const settings = settingsOf(options);
  const { seen, onError = logError, onRejected = logReason } = options;
  const receive = (request: Request): Promise<Delivery> => receiveDelivery(settings, request);

  const failed = (error: unknown, job?: CallbackJob): Response => {
    const told = job && { jobId: job.jobId, set: job.set, context: job.context };
    tell(() => onError(error, told));
    return answer(500);
  };
  const refused = (error: unknown): Response => {
    if (!(error instanceof CallbackError) || error.status === 500) return failed(error);
    tell(() => onRejected(error));
    return answer(error.status ?? 500);
  };
  const release = async (job: Delivery): Promise<void> => {
    try {
      await seen?.release(job.jobId);
    } catch (error) {
      failed(error, job);
    }
  };

  const callbacks: Callbacks = {
    prepare: async (set, { context } = {}) => prepareWebhook(settings, set, context),
    receive,
    handler: (run) => async (request) => {
      let delivery: Delivery;
      try {
        delivery = await receive(request);
      } catch (error) {
        return refused(error);
      }
      try {
        if (seen !== undefined && !(await claimed(seen, delivery))) return answer(200);
      } catch (error) {
        return failed(error, delivery);
      }
      try {
        await run(delivery);
        return answer(200);
      } catch (error) {
        await release(delivery);
        return failed(error, delivery);
      }
    },
  };
  return callbacks;
};
