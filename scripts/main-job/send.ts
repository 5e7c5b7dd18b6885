import {
  ConfigError,
  isSdkError,
  type ReoClient,
  type UsageCount,
  type UsageEvent,
} from '../../src/index.ts';
import type { Line } from './input.ts';

/** What became of the lines. */
export interface Tally {
  sent: number;
  /** Refused by the API, or not delivered. */
  refused: number;
  /** Never sent: the line is no valid record. */
  skipped: number;
}

export interface Sending {
  readonly reo: ReoClient;
  readonly onProgress: (tally: Readonly<Tally>) => void;
  readonly onProblem: (line: number, problem: string) => void;
}

const inFlight = 32;

const isCount = (record: UsageEvent | UsageCount): record is UsageCount => 'mode' in record;

/** Sends each line as what it is, events and counts, so many at a time; a bad one stops nothing. */
export const sendAll = async (
  lines: AsyncIterable<Line>,
  { reo, onProgress, onProblem }: Sending,
): Promise<{ tally: Tally; events: UsageEvent[] }> => {
  const tally: Tally = { sent: 0, refused: 0, skipped: 0 };
  const events: UsageEvent[] = [];
  const pending = new Set<Promise<void>>();

  const send = async (line: Line): Promise<void> => {
    try {
      if ('problem' in line) throw new ConfigError(line.problem);
      const { record } = line;
      await (isCount(record) ? reo.sendCount(record) : reo.send(record));
      tally.sent += 1;
      if (!isCount(record)) events.push(record);
    } catch (error) {
      if (!isSdkError(error)) throw error;
      tally[error.code === 'config' ? 'skipped' : 'refused'] += 1;
      onProblem(line.number, error.message);
    }
    onProgress(tally);
  };

  for await (const line of lines) {
    const sending = send(line).finally(() => pending.delete(sending));
    pending.add(sending);
    if (pending.size >= inFlight) await Promise.race(pending);
  }
  await Promise.all(pending);
  return { tally, events };
};

/** How often the people of each company did each thing: what an aggregated count holds. */
export const countByDomain = (events: readonly UsageEvent[]): UsageCount[] => {
  const counts = new Map<string, Map<string, number>>();
  for (const { user_id, user_id_type, activity_type } of events) {
    const domain = user_id_type === 'EMAIL' ? user_id.split('@')[1] : undefined;
    if (domain === undefined) continue;
    const activities = counts.get(domain) ?? new Map<string, number>();
    counts.set(domain, activities.set(activity_type, (activities.get(activity_type) ?? 0) + 1));
  }
  return [...counts].flatMap(([domain, activities]) =>
    [...activities].map(([activity_type, count]): UsageCount => ({
      mode: 'DOMAIN',
      domain,
      activity_type,
      count,
      product_id: 'sample-app',
    })),
  );
};
