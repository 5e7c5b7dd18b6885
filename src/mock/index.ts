/**
 * An emulator of both APIs for development and tests: the answers that the vendors document,
 * state that lasts as long as the process, and data that is the same in every run.
 */
import { createEngine } from './engine.ts';
import { formatReport } from './report.ts';
import { listen } from './server.ts';
import {
  createState,
  DEFAULT_KEYS,
  INTEGRATIONS,
  type AcceptedCount,
  type AcceptedEvent,
  type Keys,
} from './state.ts';
import { createWebhooks } from './webhooks.ts';

export type { AcceptedCount, AcceptedEvent, Keys };
export { DEFAULT_KEYS, INTEGRATIONS };

/** How to start the emulator; every option may be left out. */
export interface MockServerOptions {
  /** The port to listen on. Default 0: any free one. */
  readonly port?: number;
  /**
   * The address to listen on. Default `127.0.0.1`: this machine only. Requests whose `Host`
   * header names neither it nor a loopback name are refused.
   */
  readonly host?: string;
  /** Another seed gives other data, the same one the same data. Default 1. */
  readonly seed?: number | string;
  /** The credentials to accept. Default `DEFAULT_KEYS`, each by itself. */
  readonly keys?: Partial<Keys>;
  /**
   * Takes a line for each request and for whatever else is worth knowing, such as a webhook that
   * failed. Lines hold no credentials. Default: nobody.
   */
  readonly log?: (line: string) => void;
  /** Whether the lines are coloured for a terminal. Default false. */
  readonly colors?: boolean;
  /** The clock for times in answers and for what expires. Default: the machine's. */
  readonly now?: () => Date;
}

/** A running emulator. */
export interface MockServer {
  /**
   * Where it listens, such as `http://127.0.0.1:4010`: the base URL for a Reo client. Connect is
   * there too, and below `/api`.
   */
  readonly url: string;
  readonly port: number;
  readonly keys: Keys;
  /** What arrived and was accepted, oldest first; the latest 100,000 of each kind. */
  readonly usage: {
    readonly events: () => readonly AcceptedEvent[];
    readonly counts: () => readonly AcceptedCount[];
  };
  readonly webhooks: {
    /** Resolves when every webhook that a request caused has been delivered or has failed. */
    readonly idle: () => Promise<void>;
  };
  /** Stops it, ends open connections and drops undelivered webhooks. */
  readonly close: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/**
 * Starts the emulator.
 *
 * @throws Error with a sentence for people if it cannot listen, such as for a port in use.
 */
export async function startMockServer(options: MockServerOptions = {}): Promise<MockServer> {
  const { host = '127.0.0.1', port = 0, seed = 1, log, colors = false } = options;
  const keys: Keys = { ...DEFAULT_KEYS, ...options.keys };
  const report = (one: Parameters<typeof formatReport>[0]): void =>
    log?.(formatReport(one, colors));
  const state = createState(String(seed), keys);
  const webhooks = createWebhooks(report);
  const now = options.now ?? ((): Date => new Date());
  const engine = createEngine({ state, now, webhooks }, keys, report);
  const server = await listen(engine, { host, port }, report);
  const close = async (): Promise<void> => {
    webhooks.close();
    await server.close();
    await webhooks.idle();
  };
  return {
    url: server.url,
    port: server.port,
    keys,
    usage: {
      events: () => [...state.events.records],
      counts: () => [...state.counts.records],
    },
    webhooks: { idle: webhooks.idle },
    close,
    [Symbol.asyncDispose]: close,
  };
}
