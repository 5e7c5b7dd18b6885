import { checkedFault } from '../faults/check.ts';
import { attempted, DONE, ok, problem } from './reply.ts';
import type { Controls } from './index.ts';

export const faults: Controls<
  'listFaults' | 'addFault' | 'clearFaults' | 'switchFault' | 'removeFault'
> = {
  listFaults: (_call, { faults }) => ok({ faults: faults.list() }),

  addFault: ({ body }, { faults }) => attempted(() => ok(faults.add(checkedFault(body)), 201)),

  clearFaults: (_call, { faults }) => {
    faults.reset();
    return DONE;
  },

  switchFault: ({ params, body }, { faults }) => {
    const found = faults.enable(params['fault_id'] ?? '', body.enabled);
    return found ? ok(found) : missing(params);
  },

  removeFault: ({ params }, { faults }) =>
    faults.remove(params['fault_id'] ?? '') ? DONE : missing(params),
};

const missing = (params: Readonly<Record<string, string>>): ReturnType<typeof problem> =>
  problem(404, `There is no fault ${params['fault_id']}.`);
