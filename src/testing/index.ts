/**
 * For tests of code that uses a tracker, and of outboxes of your own. Runs on Node, with any test
 * runner.
 *
 * @module
 */
/** Ways to answer, for `hostileServer`. */
export * as answers from './answers.ts';
export { type FakeClock, fakeClock } from './fake-clock.ts';
export type { Answer, Received } from './answers.ts';
export { type HostileServer, hostileServer } from './hostile-server.ts';
export {
  type ContractCase,
  outboxContract,
  type OutboxCapability,
  type OutboxContractOptions,
  type OutboxUnderTest,
} from './outbox-contract.ts';
