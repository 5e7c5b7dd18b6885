import type { Collected, CollectOptions, Items } from './metrics/collect.ts';

/**
 * Works on many items at once, and yields what becomes of each as it is done: metrics of many
 * integrations or customers, say. One that fails does not end the others. Items are taken as they are
 * needed, so a list that is read page by page may be given as it is.
 *
 * @param items e.g. `connect.customers.list()`, or a list of integrations
 * @param work one item's; pass the signal on to the calls that it makes
 * @throws TransportError `timeout` at the deadline, `aborted` by the signal; what the items throw.
 *   Before that, what was begun is yielded as failed.
 * @throws ConfigError for options that cannot work.
 */
export async function* collect<T, R>(
  items: Items<T>,
  work: (item: T, signal: AbortSignal) => Promise<R>,
  options: CollectOptions = {},
): AsyncGenerator<Collected<T, R>, void> {
  const loaded = await import('./metrics/collect.ts');
  yield* loaded.collect(items, work, options);
}
