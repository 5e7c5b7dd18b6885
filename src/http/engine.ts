/** What sends a client's requests. Loaded at the first call: importing a client should cost nothing. */
import { platformTransport } from '#transport';
import type { CoreOptions } from './core.ts';
import { createPolicy, type Policy, type PolicyOptions } from './policy.ts';
import { fetchTransport } from './transport-fetch.ts';

export { misfit, readAnswer } from './read-answer.ts';
export { sendRaw } from './send-raw.ts';

export const createEngine = (
  { fetch, transport }: Pick<CoreOptions, 'fetch' | 'transport'>,
  options: Omit<PolicyOptions, 'transport'>,
): Policy =>
  createPolicy({
    ...options,
    transport:
      fetch !== undefined || transport === 'fetch' ? fetchTransport(fetch) : platformTransport(),
  });
