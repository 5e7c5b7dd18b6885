import { within } from './within.ts';
import { type Transport, WireFailure, type WireLimits } from './wire.ts';

/** The part of `fetch` that is used here, so that a small stand-in fits too. */
export type FetchLike = (url: string, init: RequestInit) => Promise<Response>;

/** Failures before anything was sent, as Node, undici, Bun and Deno name them; TLS ones say CERT. */
const unsentCodes =
  /^(ECONNREFUSED|ConnectionRefused|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$|CERT|UNABLE_TO_VERIFY/;

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null
    ? ((error as { code?: unknown }).code ?? codeOf((error as { cause?: unknown }).cause))
    : undefined;

/** Whether an error surely happened before the request left. */
export const isUnsent = (error: unknown): boolean => unsentCodes.test(String(codeOf(error)));

const readCapped = async (response: Response, limits: WireLimits): Promise<string> => {
  if (response.body === null) return '';
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.byteLength;
    if (size > limits.maxBytes) {
      reader.cancel().catch(() => {});
      throw new WireFailure('too-large', true);
    }
    text += decoder.decode(value, { stream: true });
  }
};

/**
 * The platform's fetch, or the user's own, as a transport: the one for edge runtimes, browsers and
 * interceptors. Keeps the same promises as the one for Node, at several times its cost.
 */
export const fetchTransport =
  (custom?: FetchLike): Transport =>
  async ({ url, method, headers, body }, limits) => {
    if (limits.signal?.aborted) throw new WireFailure('aborted', false, limits.signal.reason);
    const controller = new AbortController();
    const exchange = async () => {
      const response = await (custom ?? globalThis.fetch)(url, {
        method,
        headers,
        redirect: 'manual',
        signal: controller.signal,
        ...(body === undefined ? {} : { body }),
      });
      // Browsers hide a redirect's status behind 0.
      const status = response.type === 'opaqueredirect' ? 302 : response.status;
      return { status, headers: response.headers, text: await readCapped(response, limits) };
    };
    try {
      // Not only by the signal: a fetch that ignores it must not outlive the timeout either.
      return await within(exchange(), limits, true);
    } catch (error) {
      controller.abort();
      if (error instanceof WireFailure) throw error;
      throw new WireFailure('network', !isUnsent(error), error);
    }
  };

export const platformTransport: () => Transport = fetchTransport;
