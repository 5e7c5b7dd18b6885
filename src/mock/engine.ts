// Deep imports: Prism's own entries also load its mocker, forwarder and faker, which take two
// seconds to load and have no part in this.
import { factory } from '@stoplight/prism-core/dist/factory.js';
import router from '@stoplight/prism-http/dist/router/index.js';
import type {
  IHttpMockConfig,
  IHttpRequest,
  IHttpResponse,
  PrismHttpComponents,
} from '@stoplight/prism-http/dist/types.js';
import { validateInput, validateOutput } from '@stoplight/prism-http/dist/validator/index.js';
import { DiagnosticSeverity, type IHttpOperation } from '@stoplight/types';
import type { Logger } from 'pino';
import { BEHAVIOURS } from './behaviours/index.ts';
import { control } from './control.ts';
import { credentialsProblem } from './credentials.ts';
import { readOperations } from './documents.ts';
import { printable, type Answer, type Incoming, type Reply } from './exchange.ts';
import { apiOf, failure, refusal, type Violation } from './failures.ts';
import type { Report } from './report.ts';
import { paramsOf, pathOf, readRequest, type ReadRequest } from './request.ts';
import type { Keys } from './state.ts';
import { narrow } from './unions.ts';
import type { OperationId, World } from './world.ts';

/** Answers requests wherever they come from; never throws. */
export interface Engine {
  readonly handle: (incoming: Incoming) => Promise<Answer>;
}

const UNAUTHORIZED = 401;
const JSON_TYPE = { 'content-type': 'application/json' } as const;

const CONFIG: IHttpMockConfig = {
  isProxy: false,
  checkSecurity: true,
  validateRequest: true,
  validateResponse: true,
  errors: false,
  upstreamProxy: undefined,
  mock: { dynamic: false },
};

/** Prism logs nothing that the emulator does not say better itself. */
const SILENT: Logger = { child: () => SILENT, info: ignore, warn: ignore, error: ignore };
function ignore(): void {}

// Node hands out what a CommonJS module exports as a whole, Vitest its `default`.
const route = 'default' in router ? router.default : (router as PrismHttpComponents['route']);

/** A reply on its way through Prism's validation of responses. */
interface Output extends IHttpResponse {
  readonly after: Reply['after'];
}

/** Builds both APIs from their contracts; what they remember is in the `world`. */
export function createEngine(world: World, keys: Keys, report: (report: Report) => void): Engine {
  const operations = readOperations();

  const validateSecurity: PrismHttpComponents['validateSecurity'] = ({ resource, element }) => {
    const message = credentialsProblem(resource, element.headers ?? {}, keys, world.state);
    if (message === undefined) return { _tag: 'Right', right: element };
    const violation = { code: UNAUTHORIZED, message, severity: DiagnosticSeverity.Error };
    return { _tag: 'Left', left: [violation] };
  };

  const mock: PrismHttpComponents['mock'] =
    ({ resource, input }) =>
    () => {
      const request = input.data as ReadRequest;
      const errors = input.validations.filter((one) => one.severity === DiagnosticSeverity.Error);
      const reply = refuse(resource, request, errors) ?? behave(resource, request, world);
      const { status: statusCode, body, after } = reply;
      const output: Output = { statusCode, headers: { ...JSON_TYPE }, body, after };
      return { _tag: 'Right', right: output };
    };

  const prism = factory<IHttpOperation, IHttpRequest, IHttpResponse, IHttpMockConfig>(CONFIG, {
    route,
    validateInput,
    validateSecurity,
    validateOutput,
    mock,
    forward: () => () => () => Promise.reject(new Error('The emulator forwards nothing')),
    logger: SILENT,
  });

  const answer = async (incoming: Incoming, path: string): Promise<Answer> => {
    const own = control(incoming, path, world);
    if (own) return written(own);
    const request = readRequest(incoming);
    // Prism's router compares and sorts all that it is given, which took half of the time.
    const candidates = operations.filter((one) => paramsOf(one.path, request.url.path));
    const result = await prism.request(request, candidates)();
    if (result._tag === 'Left') return unrouted(candidates, request);

    const { output, validations } = result.right;
    const [violation] = validations.output;
    if (violation) throw new Error(`the answer breaks the contract: ${violation.message}`);
    return written({
      status: output.statusCode,
      body: output.body,
      after: (output as Output).after,
    });
  };

  return {
    handle: async (incoming) => {
      const path = pathOf(incoming.target);
      try {
        return await answer(incoming, path);
      } catch (error) {
        const reason = printable(error instanceof Error ? error.message : String(error));
        const text = `BUG in the emulator: ${incoming.method} ${printable(path)}: ${reason}`;
        report({ kind: 'problem', text });
        return written(failure(apiOf(path), 500, text));
      }
    },
  };
}

/** The answer to a request that must not reach its behaviour; credentials come before the body. */
function refuse(
  operation: IHttpOperation,
  request: ReadRequest,
  violations: readonly Violation[],
): Reply | undefined {
  const api = apiOf(operation.path);
  const unauthorized = violations.find((one) => one.code === UNAUTHORIZED);
  if (unauthorized) {
    // Reo's documents call a wrong key 400.
    return failure(api, api === 'reo' ? 400 : UNAUTHORIZED, unauthorized.message);
  }
  if (request.problem) return failure(api, request.problem.status, request.problem.message);
  if (violations.length === 0) return undefined;

  const narrowed = narrow(operation.request?.body?.contents?.[0]?.schema, request.body);
  if (!narrowed) return refusal(api, violations);
  if ('violations' in narrowed) return refusal(api, narrowed.violations);
  const { tag, allowed } = narrowed;
  return failure(api, 400, `Invalid ${tag}. Supported ${tag}s: ${allowed.toSorted().join(', ')}`);
}

function behave(operation: IHttpOperation, request: ReadRequest, world: World): Reply {
  const behaviour = BEHAVIOURS[operation.iid as OperationId];
  return behaviour(
    {
      params: paramsOf(operation.path, request.url.path) ?? {},
      query: request.url.query,
      headers: request.headers,
      // Its contract has just been checked, and is what the behaviour's types are made of.
      body: request.body as never,
    },
    world,
  );
}

/** The answer where no operation fits: no contract says what it looks like. */
function unrouted(candidates: readonly IHttpOperation[], { method, url }: ReadRequest): Answer {
  const api = apiOf(url.path);
  if (candidates.length === 0) {
    return written(failure(api, 404, `There is nothing at ${printable(url.path)}`));
  }
  const allow = candidates.map((one) => one.method.toUpperCase()).join(', ');
  const text = `${method.toUpperCase()} is not allowed here, only ${allow}`;
  return written(failure(api, 405, text), { allow });
}

function written({ status, body, after }: Reply, headers = {}): Answer {
  const answer = { status, headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(body) };
  return after ? { ...answer, after } : answer;
}
