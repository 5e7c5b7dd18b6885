import type { UpstreamUrls } from './api.ts';
import { checkBody } from './control/check.ts';
import { checkedFault } from './faults/check.ts';
import { checkNames } from './known-names.ts';
import type { FaultRule, Settings } from './schemas.ts';
import { checkHosts } from './server/hosts.ts';
import type { Keys } from './state.ts';

/** How to start the emulator; every option may be left out. */
export interface MockServerOptions {
  /** The port to listen on. Default 0: a free one. */
  readonly port?: number;
  /**
   * The address to listen on. Default `127.0.0.1`: this machine only. Requests whose `Host`
   * header names neither it nor a loopback name are refused.
   */
  readonly host?: string;
  /** `false` opens no socket: only `fetch` leads into it. Default true. */
  readonly listen?: boolean;
  /**
   * Names under which others may reach it, with its control API, such as `mock` for a container
   * in a network of containers. Default none.
   */
  readonly allowHosts?: readonly string[];
  /** Origins whose pages may call the two APIs, such as `http://localhost:3000`. Default none. */
  readonly cors?: readonly string[];
  /** Another seed gives other data, the same one the same data. Default 1. */
  readonly seed?: number | string;
  /**
   * A folder of payload files in the vendor's format (`metrics.json`, `setup.json`, or folders of
   * them). It says which metrics exist and which of them sum. Default: all, by their names.
   */
  readonly catalog?: string;
  /** The credentials to accept. Default `DEFAULT_KEYS`, each by itself. */
  readonly keys?: Partial<Keys>;
  /** How to decide what the vendors' documents leave open. */
  readonly settings?: Partial<Settings>;
  /** Faults that are there from the start; the first one that fits a call is used. */
  readonly faults?: readonly FaultRule[];
  /**
   * Base URLs of the real APIs, to which calls are forwarded with the keys that they carry. Both
   * directions are checked against the contract, and answers are not changed. An API that is not
   * named stays emulated. Default none.
   */
  readonly upstream?: UpstreamUrls;
  /** A file to which the answers of upstreams are added, without keys. Default none. */
  readonly record?: string;
  /** A file of such answers, which are given to the same requests again. Default none. */
  readonly replay?: string;
  /** Hosts beyond this machine to which webhooks may go: `name` or `name:port`. Default none. */
  readonly webhookHosts?: readonly string[];
  /**
   * A file from which the state is read at the start, if it is there, and to which it is written.
   * It holds the customers' tokens, and only its owner may read it. Default none.
   */
  readonly stateFile?: string;
  /** Whether keys and tokens are shown in the journal. Default false. */
  readonly showSecrets?: boolean;
  /**
   * Takes a line for each request and for whatever else is worth knowing, such as a webhook that
   * failed. Lines hold no credentials. Default: nobody.
   */
  readonly log?: (line: string) => void;
  /** What lines are of: everything, or only what does not work, requests aside. Default `all`. */
  readonly logLevel?: 'all' | 'problems';
  /** Lines for people, the same in colour for a terminal, or JSON. Default `plain`. */
  readonly logFormat?: 'plain' | 'colors' | 'json';
  /** The machine's clock, by which the emulator's own one runs. Default `new Date()`. */
  readonly now?: () => Date;
}

/** Each option. */
const OPTIONS: Readonly<Record<keyof MockServerOptions, true>> = {
  port: true,
  host: true,
  listen: true,
  allowHosts: true,
  cors: true,
  seed: true,
  catalog: true,
  keys: true,
  settings: true,
  faults: true,
  upstream: true,
  record: true,
  replay: true,
  webhookHosts: true,
  stateFile: true,
  showSecrets: true,
  log: true,
  logLevel: true,
  logFormat: true,
  now: true,
};

/**
 * Makes sure that options, which may come from anywhere, can work.
 *
 * @throws Error with a sentence for people if they cannot.
 */
export function checkOptions(options: MockServerOptions): void {
  checkNames(options, OPTIONS, (name) => `There is no option ${name}`);
  const { port = 0, faults = [], settings = {}, webhookHosts = [] } = options;
  checkHosts(webhookHosts, 'webhook host');
  if (!(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
    throw new Error(`The port ${JSON.stringify(port)} is not a whole number from 0 to 65535`);
  }
  for (const rule of faults) checkedFault(rule);
  if (Object.keys(settings).length > 0) {
    checkBody('changeSettings', settings, 'These settings cannot work');
  }
}
