export { createReoClient, type ReoClient, type ReoOptions } from './client.ts';
export type { Receipt } from './receipt.ts';
export type {
  DomainCount,
  ReoDefaults,
  Source,
  UsageCount,
  UsageEvent,
  UserCount,
  UserIdType,
  WithDefaults,
} from './records.ts';
export * from '../http/index.ts';
