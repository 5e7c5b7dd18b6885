import { readNetworks, type Network } from './catalog-files.ts';
import type { Kind } from './kinds.ts';

/** What catalogues of the vendor say about metrics. */
export interface Catalog {
  /** The kind of a metric, as the network of the reference key defines it; `undefined`: unknown. */
  readonly kindOf: (metric: string, referenceKey?: string) => Kind | undefined;
  /** Whether a catalogue has the reference key. */
  readonly knows: (referenceKey: string) => boolean;
}

/**
 * Reads the catalogues of a folder, of its sub-folders, or of one file: `metrics.json` with ready
 * queries, and `setup.json` with definitions of metrics.
 *
 * @throws Error in one sentence that names the file.
 */
export function readCatalog(dir: string): Catalog {
  return catalogOf(readNetworks(dir));
}

/** A catalogue of networks that were read. */
export function catalogOf(networks: readonly Network[]): Catalog {
  const byKey = group(networks, (network) => [...network.keys]);
  const byPrefix = group(networks, (network) => [...new Set([...network.keys].map(prefixOf))]);

  function kindOf(metric: string, referenceKey = ''): Kind | undefined {
    const own = byKey.get(referenceKey) ?? byPrefix.get(prefixOf(referenceKey)) ?? networks;
    const kinds = new Set(own.flatMap((network) => network.kinds.get(metric) ?? []));
    // Where networks disagree, and none of them is meant, the name alone has to say it.
    return kinds.size === 1 ? [...kinds][0] : undefined;
  }
  return { kindOf, knows: (referenceKey) => byKey.has(referenceKey) };
}

/** `ig` of `ig:reach`; the whole of a key without a colon. */
const prefixOf = (key: string): string => key.split(':', 1)[0] ?? '';

function group(
  networks: readonly Network[],
  keysOf: (network: Network) => readonly string[],
): ReadonlyMap<string, readonly Network[]> {
  const found = new Map<string, Network[]>();
  for (const network of networks) {
    for (const key of keysOf(network)) found.set(key, [...(found.get(key) ?? []), network]);
  }
  return found;
}
