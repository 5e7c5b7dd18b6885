import type { End, Run } from './end.ts';

/** Makes all records, and sends none. */
export async function dryRun({ items, ending }: Run): Promise<End> {
  try {
    for await (const _ of items) if (ending.signal.aborted) break;
    ending.end({ is: 'done' });
  } catch (error) {
    ending.end({ is: 'failed', error });
  }
  return ending.ended;
}
