import { expect } from 'vitest';
import { isSdkError, type SdkError } from '../../src/http/errors.ts';

/** The error of ours that a call rejects with; fails for a call that succeeds. */
export const failure = async (call: Promise<unknown>): Promise<SdkError> => {
  const error = await call.then(
    () => expect.fail('the call succeeded'),
    (reason: unknown) => reason,
  );
  if (!isSdkError(error)) throw error;
  return error;
};
