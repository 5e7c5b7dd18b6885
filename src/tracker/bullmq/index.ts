export { type BullmqOutbox, bullmqOutbox } from './bullmq-outbox.ts';
export type { OutboxOptions, QueueOptions } from './options.ts';
export { type UsageQueue, usageQueue } from './usage-queue.ts';
export {
  createUsageWorker,
  type UsageWorker,
  type UsageWorkerOptions,
  type UsageWorkerStats,
} from './usage-worker.ts';
export type { DeadLetter, DeadLetters } from '../outbox.ts';
export type { UsageRecord } from '../record.ts';
export type { DropReason, Tally, Totals } from '../tally.ts';
export * from '../../http/index.ts';
