export { type BullmqOutbox, bullmqOutbox } from './bullmq-outbox.ts';
export type { OutboxOptions, QueueOptions } from './options.ts';
export { type UsageQueue, usageQueue } from './usage-queue.ts';
