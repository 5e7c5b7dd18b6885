/**
 * An emulator of both APIs for development and tests: the answers that the vendors document,
 * state that lasts as long as the process, and data that is the same in every run.
 */
import type { MockApi, MockFetch, UpstreamUrls } from './api.ts';
import { checkOptions, type MockServerOptions } from './options.ts';
import { createApi } from './create-api.ts';
import { readCatalog } from './data/catalog.ts';
import { createMock } from './mock.ts';
import { upstreamOf } from './proxy/upstream.ts';
import { formatReport, jsonReport, type Report } from './report.ts';
import { listen } from './server/listen.ts';
import { DEFAULT_KEYS, INTEGRATIONS, type Keys } from './state.ts';
import { keepState, restoreState, type KeptState } from './state-file.ts';
import type { AcceptedCount, AcceptedEvent } from './usage.ts';
import type {
  Fault,
  FaultRule,
  RequestEntry,
  RequestFilter,
  RequestList,
  RequestSummary,
  Settings,
  Snapshot,
  Webhook,
  WebhookSummary,
} from './schemas.ts';

export type {
  AcceptedCount,
  AcceptedEvent,
  Fault,
  FaultRule,
  Keys,
  MockApi,
  MockFetch,
  MockServerOptions,
  RequestEntry,
  RequestFilter,
  RequestList,
  RequestSummary,
  Settings,
  Snapshot,
  UpstreamUrls,
  Webhook,
  WebhookSummary,
};
export { DEFAULT_KEYS, INTEGRATIONS };

/** A running emulator. */
export interface MockServer extends MockApi {
  /**
   * Where it listens, such as `http://127.0.0.1:4010`: the base URL for a Reo client. Connect is
   * there too, and below `/api`. `http://localhost` if it does not listen.
   */
  readonly url: string;
  /** 0 if it does not listen. */
  readonly port: number;
  /** Stops it, ends open connections and drops undelivered webhooks. */
  readonly close: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/**
 * Starts the emulator.
 *
 * @throws Error with a sentence for people if it cannot listen, such as for a port in use, or if an
 * option cannot work.
 */
export async function startMockServer(options: MockServerOptions = {}): Promise<MockServer> {
  const { host = '127.0.0.1', port = 0, seed = 1, settings = {}, faults = [], stateFile } = options;
  checkOptions(options);
  const report = reporter(options);
  const mock = createMock({
    seed: String(seed),
    keys: { ...DEFAULT_KEYS, ...options.keys },
    settings,
    faults,
    catalog: options.catalog === undefined ? undefined : readCatalog(options.catalog),
    upstream: upstreamOf(options, report),
    webhookHosts: options.webhookHosts ?? [],
    showSecrets: options.showSecrets ?? false,
    machineTime: options.now,
    report,
  });
  const access = {
    bound: host,
    allowedHosts: options.allowHosts ?? [],
    allowedOrigins: options.cors ?? [],
  };
  if (stateFile !== undefined) await restoreState(mock, stateFile);
  const server =
    options.listen === false ? undefined : await listen(mock.engine, port, access, report);
  let kept: KeptState | undefined;
  const close = async (): Promise<void> => {
    mock.close();
    await server?.close();
    await kept?.close();
  };
  try {
    // Not before it listens: the file may be that of an emulator that has the port already.
    if (stateFile !== undefined) kept = await keepState(mock, stateFile, report);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    url: server?.url ?? 'http://localhost',
    port: server?.port ?? 0,
    ...createApi(mock),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function reporter(options: MockServerOptions): (report: Report) => void {
  const { log, logFormat = 'plain', logLevel = 'all' } = options;
  if (!log) return () => undefined;
  return (report) => {
    if (logLevel === 'problems' && report.kind !== 'problem') return;
    log(logFormat === 'json' ? jsonReport(report) : formatReport(report, logFormat === 'colors'));
  };
}
