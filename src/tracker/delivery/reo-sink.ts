import type { ReoPort } from '../../reo/port.ts';
import { classify } from './classify.ts';
import type { Sink, Verdict } from './verdict.ts';

const done: Verdict = { is: 'done' };

/** Sends records to Reo.Dev, one request each, through a client's key, limits and timeouts. */
export const reoSink =
  (port: Pick<ReoPort, 'post'>): Sink =>
  async ({ kind, payload }, signal) => {
    try {
      await port.post(kind, payload, signal);
      return done;
    } catch (error) {
      return classify(error);
    }
  };
