import type { ComponentChild } from 'preact';
import { asCurl } from '../lib/curl.ts';
import type { Entry, FaultRule } from '../lib/types.ts';
import { call } from '../store/api.ts';
import { copy } from '../store/clipboard.ts';
import { faults } from '../store/emulator.ts';
import { act } from '../store/notices.ts';

export const fetchEntry = (id: number, signal?: AbortSignal): Promise<Entry> =>
  call<Entry>('GET', `requests/${id}`, undefined, signal);

export const copyAsCurl = (id: number): Promise<boolean> =>
  act(async () => {
    const entry = await fetchEntry(id);
    await copy(asCurl(entry, location.origin), 'as curl');
  });

const failNext = async ({ operation, path }: Entry): Promise<void> => {
  const rule: FaultRule = {
    ...(operation === null ? { match: { path } } : { operation }),
    status: 503,
    times: 1,
  };
  await act(() => call('POST', 'faults', rule), `The next ${operation ?? path} answers 503`);
  faults.refresh();
};

export const RequestActions = ({ entry }: { readonly entry: Entry }): ComponentChild => (
  <div class="actions">
    <button
      type="button"
      class="primary"
      onClick={() => void copy(asCurl(entry, location.origin), 'as curl')}
    >
      Copy as curl
    </button>
    <button
      type="button"
      disabled={entry.request.body === ''}
      onClick={() => void copy(entry.request.body, 'the body')}
    >
      Copy body
    </button>
    <button type="button" onClick={() => void failNext(entry)}>
      Fail the next one like this
    </button>
  </div>
);
