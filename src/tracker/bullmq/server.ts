import type { Redis } from 'ioredis';
import type { QueueOptions } from './options.ts';

/** What a server says of itself; `undefined` where it does not. */
export interface ServerFacts {
  /** `redis` or `valkey`. */
  readonly name: string;
  readonly version: string | undefined;
  /** What it does when its memory is full: `noeviction`, or which keys it throws away. */
  readonly eviction: string | undefined;
  /** Whether it writes a log of every change (AOF). */
  readonly logs: boolean | undefined;
  /** When it writes snapshots; empty for never. */
  readonly snapshots: string | undefined;
}

/**
 * @param info the answer to `INFO`
 * @param config the answers to `CONFIG GET`, which may be forbidden
 */
export const readServer = (
  info: string,
  config: Readonly<Record<string, string | undefined>> = {},
): ServerFacts => {
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  const valkey = field('valkey_version');
  const aof = field('aof_enabled') ?? { yes: '1', no: '0' }[config.appendonly ?? ''];
  return {
    name: valkey !== undefined || field('server_name') === 'valkey' ? 'valkey' : 'redis',
    version: valkey ?? field('redis_version'),
    eviction: field('maxmemory_policy') ?? config['maxmemory-policy'],
    logs: aof === undefined ? undefined : aof === '1',
    snapshots: config.save,
  };
};

/** What about a server may lose records. */
export const warningsOf = ({ eviction, logs, snapshots }: ServerFacts): readonly string[] => {
  const warnings: string[] = [];
  if (eviction === undefined) {
    warnings.push('it does not say what it does when its memory is full: see to noeviction');
  } else if (eviction !== 'noeviction') {
    warnings.push(
      `its maxmemory-policy is ${eviction}: with its memory full it throws away records; set noeviction`,
    );
  }
  if (logs === undefined) {
    warnings.push('it does not say whether it writes to disk: see to appendonly yes');
  } else if (!logs && snapshots === '') {
    warnings.push(
      'it writes nothing to disk: its end is the end of all records; set appendonly yes',
    );
  } else if (!logs) {
    warnings.push(
      'it writes snapshots at best: its end loses the records since; set appendonly yes',
    );
  }
  return warnings;
};

const configured = async (client: Redis): Promise<Readonly<Record<string, string | undefined>>> => {
  const read = async (name: string) => {
    const answer = (await client.config('GET', name)) as readonly string[];
    return [name, answer[1]] as const;
  };
  try {
    const names = ['maxmemory-policy', 'appendonly', 'save'];
    return Object.fromEntries(await Promise.all(names.map(read)));
  } catch {
    // Forbidden on most hosted servers.
    return {};
  }
};

/** Looks once and says what may lose records. Refuses nothing, and never rejects. */
export const checkServer = async (
  client: Redis,
  { queue, warn }: Pick<QueueOptions, 'queue' | 'warn'>,
): Promise<void> => {
  const tell =
    warn ?? ((text) => globalThis.process?.emitWarning?.(text, { code: 'TALLYWIRE_REDIS' }));
  try {
    const facts = readServer(await client.info(), await configured(client));
    for (const warning of warningsOf(facts)) {
      await tell(`tallywire: the ${facts.name} server of the queue ${queue}: ${warning}`);
    }
  } catch {
    // A server that does not answer is told by what fails for it; a listener that throws hurts nobody.
  }
};
