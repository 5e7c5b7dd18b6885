/** BullMQ numbers what its scripts find wrong about a job. */
const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;

/** Whether BullMQ says that a job is not there, or not where it should be. */
export const isMisplaced = (error: unknown): boolean => typeof codeOf(error) === 'number';

/** Whether BullMQ says that there is no such job. */
export const isMissing = (error: unknown): boolean => codeOf(error) === -1;
