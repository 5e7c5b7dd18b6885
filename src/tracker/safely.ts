const ignore = (): void => {};

/** Calls what is somebody else's: what it throws, or rejects with, is its owner's concern. */
export const safely = (call: () => unknown): void => {
  try {
    const result = call();
    if (typeof result === 'object' && result !== null) Promise.resolve(result).catch(ignore);
  } catch {
    // As above.
  }
};
