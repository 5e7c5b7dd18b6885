import type { ComponentChild } from 'preact';
import type { Filter } from '../lib/filter.ts';
import { number } from '../lib/format.ts';
import { call } from '../store/api.ts';
import { filter, held, isPaused, requests, resume, shown } from '../store/journal.ts';
import { act } from '../store/notices.ts';

const change = (part: Partial<Filter>): void => {
  filter.value = { ...filter.value, ...part };
};

const Pause = (): ComponentChild => (
  <button
    type="button"
    aria-pressed={isPaused.value}
    onClick={() => (isPaused.value ? resume() : (isPaused.value = true))}
  >
    {isPaused.value ? `Resume (${number(held.value.length)} new)` : 'Pause'}
  </button>
);

const clear = (): Promise<boolean> => act(() => call('DELETE', 'requests'), 'Requests forgotten');

export const FilterBar = (): ComponentChild => {
  const { text, api, status, problems } = filter.value;
  const [all, fitting] = [requests.value.length, shown.value.length];
  return (
    <search class="filters">
      <input
        id="search"
        type="search"
        placeholder="Search paths, bodies, reasons  ( / )"
        aria-label="Search requests"
        autocomplete="off"
        spellcheck={false}
        value={text}
        onInput={({ currentTarget }) => change({ text: currentTarget.value })}
      />
      <select
        aria-label="API"
        value={api}
        onChange={({ currentTarget }) => change({ api: currentTarget.value as Filter['api'] })}
      >
        <option value="all">Both APIs</option>
        <option value="reo">Reo.Dev</option>
        <option value="reportei">Reportei</option>
      </select>
      <select
        aria-label="Status"
        value={status}
        onChange={({ currentTarget }) =>
          change({ status: currentTarget.value as Filter['status'] })
        }
      >
        <option value="all">Any status</option>
        {(['2xx', '3xx', '4xx', '5xx', 'dropped'] as const).map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
      <label class="check">
        <input
          type="checkbox"
          checked={problems}
          onChange={({ currentTarget }) => change({ problems: currentTarget.checked })}
        />
        Only problems
      </label>
      <span class="filters-end">
        <span class="count" aria-live="off">
          {fitting === all ? number(all) : `${number(fitting)} of ${number(all)}`}
        </span>
        <Pause />
        <button type="button" onClick={() => void clear()} disabled={all === 0}>
          Clear
        </button>
      </span>
    </search>
  );
};
