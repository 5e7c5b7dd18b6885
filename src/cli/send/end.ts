import type { PumpEvent } from '../../tracker/delivery/pump.ts';
import type { Item } from './items.ts';
import type { Given } from './work.ts';

/** Why a run ended. */
export type End =
  | { readonly is: 'done' }
  | { readonly is: 'interrupted' }
  /** Nothing gets through until somebody mends something. */
  | { readonly is: 'held'; readonly detail: string }
  | { readonly is: 'failed'; readonly error: unknown };

/** The first end counts. */
export interface Ending {
  readonly end: (end: End) => void;
  readonly ended: Promise<End>;
  readonly signal: AbortSignal;
}

export function stoppable(): Ending {
  const abort = new AbortController();
  let resolve: (end: End) => void = () => undefined;
  const ended = new Promise<End>((settle) => (resolve = settle));
  return {
    ended,
    signal: abort.signal,
    end: (end) => {
      resolve(end);
      abort.abort();
    },
  };
}

/** What a run counts beside the journal. */
export interface Tally {
  records: number;
  timeless: number;
  sent: number;
  attempts: number;
  ambiguous: number;
  dead: number;
  dropped: number;
  /** Records that are this process's to deliver from the outbox, and still wait there. */
  left: number;
}

/** A run under way, whichever way its records go. */
export interface Run extends Given {
  readonly items: AsyncIterable<readonly Item[]>;
  readonly ending: Ending;
  readonly tally: Tally;
  /** Whether a run before this one has sent something: then key and address were right once. */
  readonly hasSentBefore: boolean;
  /** Told what keeps it from going on, and `undefined` when nothing does any more. */
  readonly onTrouble: (text: string | undefined) => void;
}

/** Counts what a pump tells, and passes on what people have to know. */
export function watch({ tally, onTrouble, ending }: Run, event: PumpEvent): void {
  switch (event.is) {
    case 'settled':
      return count(tally, event);
    case 'held':
      return onTrouble(`on hold, trying again now and then: ${event.detail}`);
    case 'paused':
      return onTrouble(
        `${event.reason === 'outage' ? 'the API is down' : 'the API asks to wait'}: ${event.detail}`,
      );
    case 'resumed':
      return onTrouble(undefined);
    case 'unsettled':
      // Whatever cannot be noted would be sent again.
      return ending.end({ is: 'failed', error: event.error });
  }
}

function count(tally: Tally, event: Extract<PumpEvent, { is: 'settled' }>): void {
  const { settlement, detail, ambiguous } = event;
  if (ambiguous) tally.ambiguous += 1;
  switch (settlement.to) {
    case 'dropped':
      tally.dropped += 1;
      return;
    case 'retry':
      // One that was put back untried has nothing to tell.
      if (detail !== undefined) tally.attempts += 1;
      return;
    default:
      tally[settlement.to] += 1;
      tally.attempts += 1;
  }
}
