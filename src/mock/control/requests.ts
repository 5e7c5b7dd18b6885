import { checkOperation } from '../behaviours/operation.ts';
import { entryOf, summaryOf, type Exchange } from '../journal.ts';
import type { Mock } from '../mock.ts';
import { DONE, ok, problem, streamed } from './reply.ts';
import type { Controls } from './index.ts';
import type { RequestFilter } from '../schemas.ts';

export const requests: Controls<'listRequests' | 'clearRequests' | 'getRequest' | 'exportRecords'> =
  {
    listRequests: async ({ query }, mock) => {
      const filter = filterOf(query);
      const { wait_for, timeout = '5000' } = query;
      try {
        checkOperation(filter.operation);
      } catch (error) {
        return problem(422, (error as Error).message);
      }
      try {
        const found =
          wait_for === undefined
            ? mock.journal.list(filter)
            : await mock.journal.waitFor(filter, Number(wait_for), Number(timeout));
        return ok(listed(found, query, mock));
      } catch (error) {
        return problem(408, (error as Error).message);
      }
    },

    clearRequests: (_call, mock) => {
      mock.reset(['requests']);
      return DONE;
    },

    getRequest: ({ params }, { journal, showSecrets }) => {
      const id = params['request_id'] ?? '';
      const found = journal.get(Number(id));
      return found ? ok(entryOf(found, showSecrets)) : problem(404, `There is no request ${id}.`);
    },

    exportRecords: ({ query }, mock) =>
      streamed('application/x-ndjson', lines(RECORDS[query['what'] ?? 'requests']?.(mock) ?? [])),
  };

function filterOf(query: Readonly<Record<string, string>>): RequestFilter {
  const { after, violations, limit: _l, view: _v, wait_for: _w, timeout: _t, ...rest } = query;
  return {
    ...(rest as RequestFilter),
    ...(after === undefined ? {} : { after: Number(after) }),
    ...(violations === undefined ? {} : { violations: violations === 'true' }),
  };
}

function listed(
  found: readonly Exchange[],
  { limit = '100', view = 'full' }: Readonly<Record<string, string>>,
  { showSecrets }: Mock,
): object {
  const shown = found.slice(-Number(limit));
  const write = view === 'full' ? entryOf : summaryOf;
  const requests = shown.map((one) => write(one, showSecrets));
  return { total: found.length, requests };
}

/** What can be exported, one at a time: all of it at once may be larger than a text can be. */
const RECORDS: Readonly<Record<string, (mock: Mock) => Iterable<unknown>>> = {
  requests: function* ({ journal, showSecrets }) {
    for (const one of journal.list()) yield entryOf(one, showSecrets);
  },
  usage: ({ records }) => records(),
  webhooks: function* ({ webhooks }) {
    for (const { id } of webhooks.list()) yield webhooks.get(id);
  },
};

const CHUNK = 64 * 1024;

function* lines(records: Iterable<unknown>): Generator<string> {
  let chunk = '';
  for (const record of records) {
    chunk += `${JSON.stringify(record)}\n`;
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}
