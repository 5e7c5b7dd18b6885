import { onAbort } from './on-abort.ts';
import { WireFailure, type WireLimits } from './wire.ts';

/**
 * Waits for a promise as long as the signal and the time allow.
 *
 * @param sent whether a request may have left when the waiting is given up
 * @throws WireFailure `timeout` or `aborted`, else what the promise rejects with.
 */
export const within = <T>(
  promise: Promise<T>,
  { signal, timeoutMs }: Pick<WireLimits, 'signal' | 'timeoutMs'>,
  sent: boolean,
): Promise<T> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new WireFailure('timeout', sent)), timeoutMs);
    const stay = onAbort(signal, () => reject(new WireFailure('aborted', sent, signal?.reason)));
    const settle = (): void => {
      clearTimeout(timer);
      stay();
    };
    promise.then(resolve, reject).finally(settle);
  });

/** @throws WireFailure `aborted` */
export const sleep = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    const stay = onAbort(signal, () => {
      clearTimeout(timer);
      reject(new WireFailure('aborted', false, signal?.reason));
    });
    const timer = setTimeout(() => {
      stay();
      resolve();
    }, ms);
  });
