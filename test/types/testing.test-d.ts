import { expectTypeOf, test } from 'vitest';
import {
  answers,
  fakeClock,
  hostileServer,
  outboxContract,
  type OutboxUnderTest,
} from '../../src/testing/index.ts';
import type { TrackerOptions } from '../../src/tracker/options.ts';

test('answers are given as they are made', () => {
  void hostileServer(answers.taken, answers.status(503), (response) => response.destroy());
  // @ts-expect-error made from a status
  void hostileServer(answers.status);
  // @ts-expect-error a server that answers in no way
  void hostileServer().then((server) => server.change());
});

test('the clock is one for a tracker', () => {
  const options: TrackerOptions = { clock: fakeClock({ now: 0 }) };
  void options;
});

test('a contract names what an engine lacks', () => {
  const open = (): OutboxUnderTest => {
    throw new Error('not called');
  };
  const cases = outboxContract(open, { lacks: ['windows'], patience: 100 });
  expectTypeOf(cases[0]?.run).toEqualTypeOf<(() => Promise<void>) | undefined>();
  // @ts-expect-error no such capability
  outboxContract(open, { lacks: ['window'] });
});
