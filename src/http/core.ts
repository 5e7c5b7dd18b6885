import createFetchClient, {
  type Client,
  type ParamsOption,
  type RequestBodyOption,
} from 'openapi-fetch';
import { type AnswerInfo, type ApiCall, apiCall } from './api-call.ts';
import { toMilliseconds } from './duration.ts';
import type { Engine } from './engine.ts';
import { ConfigError, type ErrorDetails, isSdkError } from './errors.ts';
import { LightRequest, nothingToRead } from './light-request.ts';
import { lazy } from './lazy.ts';
import { type CallOptions, clientOptions, type ClientOptions, type RateLimit } from './options.ts';
import type { Authorize, Outcome, Policy } from './policy.ts';
import type { ErrorReader } from './read-answer.ts';
import { refuseUnknown } from './refuse-unknown.ts';
import type { RetryMode } from './retry.ts';
import { wholeNumber } from './numbers.ts';

/** What an API decides for itself. */
export interface CoreSettings {
  /** Its options beyond those of all clients. */
  readonly ownOptions: object;
  readonly baseUrl: () => string;
  readonly authorize: Authorize;
  readonly explain: ErrorReader;
  /** Requests under way at once, when the options do not say. */
  readonly concurrency: number;
  /** Learns the rate limits when the options do not say. */
  readonly learns?: boolean;
}

/** Options of a client whose rate limits may be learned. */
export interface CoreOptions extends Omit<ClientOptions, 'rateLimit'> {
  readonly rateLimit?: 'auto' | RateLimit | undefined;
}

type Method = 'get' | 'post' | 'put' | 'delete';

/** Parameters and body of an operation, typed by the document; `never` where there is no such one. */
type Init<Operation> = [Operation] extends [never]
  ? never
  : ParamsOption<Operation> & RequestBodyOption<Operation>;

/** One typed call. */
export interface Call<Paths, Path extends keyof Paths, M extends Method & keyof Paths[Path], T> {
  readonly method: M;
  readonly path: Path;
  /** Makes the request's parameters and body, at the call: what it throws rejects the call. */
  readonly init: () => Init<NonNullable<Paths[Path][M]>>;
  /** Turns the parsed JSON of a 2xx answer into the result. */
  readonly decode: (body: unknown, response: AnswerInfo) => T;
  readonly options: CallOptions | undefined;
  /** Default: `safe` for GET, `unsent` for everything else. */
  readonly mode?: RetryMode;
  /** Milliseconds for one attempt, where the operation has a default of its own. */
  readonly timeoutMs?: number;
  /** The hint of an error after which the API may have acted all the same. */
  readonly inDoubt?: string;
  /** What an error of this call shall carry beyond what the exchange tells. */
  readonly identify?: () => Pick<ErrorDetails, 'eventId' | 'metricIds'>;
}

export interface Core<Paths extends {}> {
  /** The typed openapi-fetch client, under the same policy and keys, for everything else. */
  readonly raw: () => Client<Paths>;
  readonly call: <Path extends keyof Paths & string, M extends Method & keyof Paths[Path], T>(
    call: Call<Paths, Path, M, T>,
  ) => ApiCall<T>;
  /**
   * Sends a body that is JSON already, once, without openapi-fetch around it. `check` throws for a
   * 2xx answer that is none. Otherwise under the same rules and with the same errors as `call`.
   */
  readonly post: (
    path: keyof Paths & string,
    body: string,
    signal: AbortSignal | undefined,
    check: (path: string, response: AnswerInfo) => void,
  ) => Promise<void>;
  readonly authorize: Authorize;
  readonly baseUrl: () => string;
  /** The same core, under the same limits, with other keys. */
  readonly as: (authorize: Authorize) => Core<Paths>;
  /** Sets the rate limits, where they are learned. */
  readonly learn: (hints: Parameters<Policy['learn']>[0]) => Promise<void>;
}

const defaultTimeoutMs = 30_000;

const timeoutOf = ({ timeout }: CallOptions | CoreOptions): number | undefined =>
  timeout === undefined ? undefined : toMilliseconds(timeout, 'timeout', 1);

const rate = (value: number | undefined, option: string): number | undefined => {
  if (value === undefined || value >= 1) return value;
  throw new ConfigError(`${option} must be 1 or more`);
};

const checkOptions = (options: CoreOptions, { concurrency, learns = false }: CoreSettings) => {
  const { rateLimit } = options;
  return {
    maxRetries: wholeNumber(options.maxRetries ?? 3, 0, 'maxRetries'),
    maxBytes: wholeNumber(options.maxAnswerBytes ?? 32 * 1024 * 1024, 1, 'maxAnswerBytes'),
    maxDelayMs: toMilliseconds(options.maxRetryDelay ?? '30s', 'maxRetryDelay'),
    timeoutMs: timeoutOf(options),
    concurrency: rate(options.concurrency, 'concurrency') ?? concurrency,
    onAttempt: options.onAttempt,
    ...(typeof rateLimit === 'object'
      ? {
          perSecond: rate(rateLimit.perSecond, 'rateLimit.perSecond'),
          perMinute: rate(rateLimit.perMinute, 'rateLimit.perMinute'),
        }
      : { learns }),
  };
};

/** JSON of a request's body. Runs before anything is sent. */
const serialize = (body: unknown): string => {
  try {
    return JSON.stringify(body);
  } catch (cause) {
    throw new ConfigError('the request holds a value that JSON cannot', { cause });
  }
};

const impossible = (what: string, cause: unknown): ConfigError =>
  new ConfigError(`${what} cannot be made of what was given`, { cause });

/** openapi-fetch as the typed core of both clients, with every request under one policy. */
export const createCore = <Paths extends {}>(
  options: CoreOptions,
  settings: CoreSettings,
): Core<Paths> => {
  refuseUnknown(options, { ...settings.ownOptions, ...clientOptions });
  const limits = checkOptions(options, settings);
  // An address from the options is checked now, one from the environment at the first call.
  if (options.baseUrl !== undefined) settings.baseUrl();
  const { fetch, transport } = options;
  let loading: Promise<Engine> | undefined;
  const load = async (): Promise<Engine> => {
    try {
      const { createEngine } = await import('./engine.ts');
      return createEngine({ fetch, transport }, limits);
    } catch (cause) {
      // Of a bundle that comes over the network: the next call may have more luck.
      loading = undefined;
      throw new ConfigError('a part of this package could not be loaded', { cause });
    }
  };
  const engine = (): Promise<Engine> => (loading ??= load());
  return withKeys(engine, limits, settings);
};

const withKeys = <Paths extends {}>(
  engine: () => Promise<Engine>,
  limits: ReturnType<typeof checkOptions>,
  settings: CoreSettings,
): Core<Paths> => {
  const { authorize, baseUrl, explain } = settings;

  const plan = (path: string, mode: RetryMode, options: CallOptions, timeoutMs?: number) => ({
    path,
    mode,
    authorize,
    signal: options.signal,
    maxRetries: wholeNumber(options.maxRetries ?? limits.maxRetries, 0, 'maxRetries'),
    timeoutMs: timeoutOf(options) ?? limits.timeoutMs ?? timeoutMs ?? defaultTimeoutMs,
  });
  const modeOf = (method: string): RetryMode => (method === 'GET' ? 'safe' : 'unsent');

  const address = lazy(baseUrl);

  const typed = lazy(() =>
    createFetchClient<Record<string, never>>({
      baseUrl: address(),
      bodySerializer: serialize,
      Request: LightRequest as unknown as typeof Request,
    }),
  );

  const raw = lazy(() =>
    createFetchClient<Paths>({
      baseUrl: baseUrl(),
      fetch: async (request) => {
        const { run, sendRaw } = await engine();
        return sendRaw(request, baseUrl(), ({ wire, path, signal }) =>
          run(wire, plan(path, modeOf(wire.method), { signal })),
        );
      },
    }),
  );

  const exchange = async <
    Path extends keyof Paths & string,
    M extends Method & keyof Paths[Path],
    T,
  >(
    call: Call<Paths, Path, M, T>,
  ) => {
    const { path, options = {}, decode, inDoubt } = call;
    const method = call.method.toUpperCase();
    const what = `${method} ${path}`;
    const planned = plan(path, call.mode ?? modeOf(method), options, call.timeoutMs);
    let outcome: Outcome | undefined;
    let response: AnswerInfo | undefined;
    const fetch = async (request: unknown): Promise<Response> => {
      const { run } = await engine();
      outcome = await run(request as LightRequest, planned);
      return nothingToRead;
    };
    // Typed where the call is written down: the document's types cannot follow a generic path.
    const init = () => ({ ...call.init(), parseAs: 'stream', fetch }) as never;
    try {
      await typed().request(call.method, path, init());
      if (outcome === undefined) throw new ConfigError('the request was never sent');
      const { readAnswer } = await engine();
      response = readAnswer(outcome, { method, path, address, explain, inDoubt });
      return { data: decode(response.body, response), response };
    } catch (error) {
      // Before anything was sent it can only be what was given: a getter that throws, half a character.
      if (outcome === undefined) throw isSdkError(error) ? error : impossible(what, error);
      if (!isSdkError(error)) throw error;
      const told =
        response !== undefined && error.code === 'decode'
          ? (await engine()).misfit(error, what, response, inDoubt)
          : error;
      for (const [key, value] of Object.entries(call.identify?.() ?? {})) {
        // Who knows a webhook's ids can forge its body, with the URL: they stay out of logs.
        Object.defineProperty(told, key, { value, enumerable: key === 'eventId' });
      }
      throw told;
    }
  };

  const post: Core<Paths>['post'] = async (path, body, signal, check) => {
    const { run, readAnswer, misfit } = await engine();
    const request = new LightRequest(address() + path, { method: 'POST', body });
    const outcome = await run(request, plan(path, 'never', { signal, maxRetries: 0 }));
    const response = readAnswer(outcome, { method: 'POST', path, address, explain });
    try {
      check(path, response);
    } catch (error) {
      throw isSdkError(error) && error.code === 'decode'
        ? misfit(error, `POST ${path}`, response, undefined)
        : error;
    }
  };

  return {
    raw,
    call: (call) => apiCall(exchange(call)),
    post,
    authorize,
    baseUrl,
    learn: async (hints) => (await engine()).learn(hints),
    as: (other) => withKeys(engine, limits, { ...settings, authorize: other }),
  };
};
