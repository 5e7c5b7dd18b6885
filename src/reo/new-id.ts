/**
 * A random UUID. Runtimes put it together of many small parts, which would be kept, at eight times the
 * memory, until somebody reads it: so it is read.
 */
export const newId = (): string => {
  const id = crypto.randomUUID();
  id.charCodeAt(0);
  return id;
};
