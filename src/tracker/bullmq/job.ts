import type { JobsOptions } from 'bullmq';
import type { Taken } from '../outbox.ts';
import type { UsageRecord } from '../record.ts';

/** What a job holds: a record, and how often it was tried. */
export interface JobData extends Omit<UsageRecord, 'id'> {
  /** Of this layout: a worker leaves what it cannot read. */
  readonly v: 1;
  readonly attempts?: number;
  readonly triedAt?: number;
}

/** Never an integer and without a colon: BullMQ refuses those. */
export const jobId = (id: string): string => `r-${id}`;

export const toJob = ({
  id,
  ...record
}: UsageRecord): { name: string; data: JobData; opts: JobsOptions } => ({
  name: record.kind,
  data: { v: 1, ...record },
  opts: {
    jobId: jobId(id),
    // Its time of birth: the age of the oldest is read from it.
    timestamp: record.at,
    removeOnComplete: true,
    stackTraceLimit: 0,
  },
});

const isNumber = (value: unknown): value is number => Number.isFinite(value);

/** The record in a job; `undefined` for a job that is none of ours, or of a later version. */
export const readJob = (job: {
  readonly id?: string | undefined;
  readonly data: unknown;
}): Taken | undefined => {
  const data = job.data as Partial<Record<keyof JobData, unknown>> | null;
  if (typeof data !== 'object' || data === null || data.v !== 1) return undefined;
  const { kind, calls, at, payload, attempts = 0, triedAt } = data;
  if (!job.id?.startsWith('r-') || typeof payload !== 'string') return undefined;
  if (!isNumber(calls) || !isNumber(at) || !isNumber(attempts)) return undefined;
  if (kind !== 'event' && kind !== 'count') return undefined;
  return {
    record: { id: job.id.slice(2), kind, calls, at, payload },
    attempts,
    triedAt: isNumber(triedAt) ? triedAt : undefined,
  };
};
