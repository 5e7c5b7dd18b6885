import createFetchClient, { type Client } from 'openapi-fetch';
import { platformTransport } from '#transport';
import { type AnswerInfo, type ApiCall, apiCall } from './api-call.ts';
import { toMilliseconds } from './duration.ts';
import { ConfigError, DecodeError, type ErrorDetails, isSdkError } from './errors.ts';
import { lightFetch, LightRequest, rawFetch } from './fetch-bridge.ts';
import type { CallOptions, ClientOptions } from './options.ts';
import { type Authorize, createPolicy, type Outcome, type Policy } from './policy.ts';
import { answerDetails, type ErrorReader, readAnswer, transportError } from './read-answer.ts';
import type { RetryMode } from './retry.ts';
import { fetchTransport } from './transport-fetch.ts';
import { WireFailure } from './wire.ts';

/** What an API decides for itself. */
export interface CoreSettings {
  readonly baseUrl: () => string;
  readonly authorize: Authorize;
  readonly explain: ErrorReader;
  /** Requests under way at once, when the options do not say. */
  readonly concurrency: number;
}

/** What a wrapper adds to a typed call so that it runs under the policy. */
export interface Wire {
  readonly parseAs: 'stream';
  readonly fetch: (request: Request) => Promise<Response>;
}

export interface CallSpec<Paths extends {}, T> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** The path template. */
  readonly path: string;
  readonly mode: RetryMode;
  readonly options: CallOptions | undefined;
  /** Milliseconds for one attempt, where the operation has a default of its own. */
  readonly timeoutMs?: number;
  /** Makes the typed call. */
  readonly send: (client: Client<Paths>, wire: Wire) => Promise<unknown>;
  /** Turns the parsed JSON of a 2xx answer into the result. */
  readonly decode: (body: unknown, response: AnswerInfo) => T;
  /** What an error of this call shall carry beyond what the exchange tells. */
  readonly identify?: () => Pick<ErrorDetails, 'eventId'>;
}

export interface Core<Paths extends {}> {
  /** The typed openapi-fetch client, under the same policy and keys, for everything else. */
  readonly raw: () => Client<Paths>;
  readonly call: <T>(spec: CallSpec<Paths, T>) => ApiCall<T>;
  /** The same core, under the same limits, with other keys. */
  readonly as: (authorize: Authorize) => Core<Paths>;
}

const defaultTimeoutMs = 30_000;

const checkOptions = (options: ClientOptions) => {
  const { maxRetries = 3, maxAnswerBytes = 32 * 1024 * 1024 } = options;
  return {
    maxRetries: checkRetries(maxRetries),
    maxBytes: checkPositive(maxAnswerBytes, 'maxAnswerBytes'),
    maxDelayMs: toMilliseconds(options.maxRetryDelay ?? '30s', 'maxRetryDelay'),
    timeoutMs:
      options.timeout === undefined ? undefined : toMilliseconds(options.timeout, 'timeout', 1),
  };
};

const checkRetries = (value: number): number => {
  if (Number.isInteger(value) && value >= 0) return value;
  throw new ConfigError('maxRetries must be a whole number, 0 or more');
};

const checkPositive = (value: number, option: string): number => {
  if (value > 0) return value;
  throw new ConfigError(`${option} must be above 0`);
};

/** JSON of a request's body. Runs before anything is sent. */
const serialize = (body: unknown): string => {
  try {
    return JSON.stringify(body);
  } catch (cause) {
    throw new ConfigError('the request holds a value that JSON cannot', { cause });
  }
};

const lazy = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
};

/** openapi-fetch as the typed core of both clients, with every request under one policy. */
export const createCore = <Paths extends {}>(
  options: ClientOptions,
  settings: CoreSettings,
): Core<Paths> => {
  const limits = checkOptions(options);
  // An address from the options is checked now, one from the environment at the first call.
  if (options.baseUrl !== undefined) settings.baseUrl();
  const policy = createPolicy({
    ...limits,
    ...options.rateLimit,
    concurrency: options.concurrency ?? settings.concurrency,
    onAttempt: options.onAttempt,
    transport:
      options.fetch !== undefined || options.transport === 'fetch'
        ? fetchTransport(options.fetch)
        : platformTransport(),
  });
  return withKeys(policy, limits, settings);
};

const withKeys = <Paths extends {}>(
  policy: Policy,
  limits: ReturnType<typeof checkOptions>,
  settings: CoreSettings,
): Core<Paths> => {
  const { authorize, baseUrl, explain } = settings;

  const plan = (path: string, mode: RetryMode, options: CallOptions = {}, timeoutMs?: number) => ({
    path,
    mode,
    authorize,
    signal: options.signal,
    maxRetries: checkRetries(options.maxRetries ?? limits.maxRetries),
    timeoutMs:
      options.timeout === undefined
        ? (limits.timeoutMs ?? timeoutMs ?? defaultTimeoutMs)
        : toMilliseconds(options.timeout, 'timeout', 1),
  });

  const typed = lazy(() =>
    createFetchClient<Paths>({
      baseUrl: baseUrl(),
      bodySerializer: serialize,
      Request: LightRequest as unknown as typeof Request,
    }),
  );

  const raw = lazy(() => {
    const fetch = rawFetch(async (request, signal) => {
      const { pathname: path } = new URL(request.url);
      const mode = request.method === 'GET' ? 'safe' : 'unsent';
      const outcome = await policy(request, plan(path, mode, { signal }));
      if (!(outcome.result instanceof WireFailure)) return outcome.result;
      throw transportError(outcome.result, outcome, { method: request.method, path });
    });
    return createFetchClient<Paths>({ baseUrl: baseUrl(), fetch });
  });

  const attempt = async <T>(spec: CallSpec<Paths, T>) => {
    const { method, path, mode, options, timeoutMs, send, decode } = spec;
    const planned = plan(path, mode, options, timeoutMs);
    let outcome: Outcome | undefined;
    const fetch = lightFetch(async (request) => {
      outcome = await policy(request, planned);
    });
    await send(typed(), { parseAs: 'stream', fetch });
    if (outcome === undefined) throw new ConfigError('the request was never sent');
    const { answer, body } = readAnswer(outcome, { method, path, explain });
    const { attempts } = outcome;
    const response = { status: answer.status, headers: answer.headers, body, attempts };
    try {
      return { data: decode(body, response), response };
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      const details = answerDetails(answer, body, attempts);
      throw new DecodeError(`${method} ${path}: ${error.message}`, {
        hint: error.hint,
        ...details,
      });
    }
  };

  const exchange = <T>(spec: CallSpec<Paths, T>) =>
    attempt(spec).catch((error: unknown) => {
      throw isSdkError(error) && spec.identify ? Object.assign(error, spec.identify()) : error;
    });

  return {
    raw,
    call: (spec) => apiCall(exchange(spec)),
    as: (other) => withKeys(policy, limits, { ...settings, authorize: other }),
  };
};
