import { decodeText, type Transport, type WireLimits, WireFailure } from './wire.ts';

/** The part of `fetch` that is used here, so that a small stand-in fits too. */
export type FetchLike = (url: string, init: RequestInit) => Promise<Response>;

/** Failures before anything was sent, as Node, undici, Bun and Deno name them. */
const unsentCodes = new Set([
  'ECONNREFUSED',
  'ConnectionRefused',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null
    ? ((error as { code?: unknown }).code ?? codeOf((error as { cause?: unknown }).cause))
    : undefined;

/** Whether an error surely happened before the request left. */
export const isUnsent = (error: unknown): boolean => unsentCodes.has(String(codeOf(error)));

const readCapped = async (response: Response, limits: WireLimits): Promise<string> => {
  if (response.body === null) return '';
  const reader = response.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > limits.maxBytes) {
      reader.cancel().catch(() => {});
      throw new WireFailure('too-large', true);
    }
    chunks.push(value);
  }
  if (chunks.length === 1) return decodeText(chunks[0] as Uint8Array);
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return decodeText(whole);
};

/**
 * The platform's fetch, or the user's own, as a transport: the one for edge runtimes, browsers and
 * interceptors. Slower than the one for Node by a factor of ten or so, and equal in behaviour.
 */
export const fetchTransport =
  (custom?: FetchLike): Transport =>
  async ({ url, method, headers, body }, limits) => {
    const { signal, timeoutMs } = limits;
    const controller = new AbortController();
    let ended: WireFailure | undefined;
    const end = (reason: 'timeout' | 'aborted'): void => {
      ended ??= new WireFailure(reason, true, reason === 'aborted' ? signal?.reason : undefined);
      controller.abort(ended);
    };
    const onAbort = (): void => end('aborted');
    if (signal?.aborted) throw new WireFailure('aborted', false, signal.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    const timer = setTimeout(end, timeoutMs, 'timeout');
    // A fetch that ignores its signal must not outlive the timeout either.
    const stopped = new Promise<never>((_, reject) => {
      controller.signal.addEventListener('abort', () => reject(ended), { once: true });
    });
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
      return await Promise.race([exchange(), stopped]);
    } catch (error) {
      if (error instanceof WireFailure) throw error;
      throw ended ?? new WireFailure('network', !isUnsent(error), error);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  };

export const platformTransport: () => Transport = fetchTransport;
