/**
 * For tests of code that uses a tracker, and of outboxes of your own.
 *
 * @module
 */
export { type FakeClock, fakeClock } from './fake-clock.ts';
export {
  type ContractCase,
  outboxContract,
  type OutboxCapability,
  type OutboxContractOptions,
  type OutboxUnderTest,
} from './outbox-contract.ts';
