import { platformTransport } from '#transport';
import type { CoreOptions } from './core.ts';
import { createPolicy, type Policy, type PolicyOptions } from './policy.ts';
import { misfit, readAnswer } from './read-answer.ts';
import { sendRaw } from './send-raw.ts';
import { fetchTransport } from './transport-fetch.ts';

/** What sends a client's requests and reads their answers. */
export interface Engine extends Policy {
  readonly misfit: typeof misfit;
  readonly readAnswer: typeof readAnswer;
  readonly sendRaw: typeof sendRaw;
}

/** Loaded at the first call, this file and all that it needs: importing a client should cost little. */
export const createEngine = (
  { fetch, transport }: Pick<CoreOptions, 'fetch' | 'transport'>,
  options: Omit<PolicyOptions, 'transport'>,
): Engine => ({
  ...createPolicy({
    ...options,
    transport:
      fetch !== undefined || transport === 'fetch' ? fetchTransport(fetch) : platformTransport(),
  }),
  misfit,
  readAnswer,
  sendRaw,
});
