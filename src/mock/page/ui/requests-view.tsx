import type { ComponentChild } from 'preact';
import { isLoaded, requests, shown } from '../store/journal.ts';
import { route } from '../store/location.ts';
import { FilterBar } from './filter-bar.tsx';
import { RequestDetail } from './request-detail.tsx';
import { RequestList } from './request-list.tsx';

const Empty = (): ComponentChild => {
  if (!isLoaded.value) return <p class="empty">Loading…</p>;
  if (requests.value.length > 0) return <p class="empty">No request fits these filters.</p>;
  return (
    <div class="empty">
      <p>No requests yet. Point a client here and they appear as they arrive:</p>
      <pre tabIndex={0}>
        {`export REO_BASE_URL=${location.origin}\nexport REPORTEI_BASE_URL=${location.origin}`}
      </pre>
    </div>
  );
};

export const RequestsView = (): ComponentChild => {
  const { id } = route.value;
  return (
    <div class={id === null ? 'split' : 'split split-open'}>
      <section class="list-pane" aria-label="Requests">
        <FilterBar />
        {shown.value.length > 0 ? <RequestList /> : <Empty />}
      </section>
      {id !== null && <RequestDetail id={id} />}
    </div>
  );
};
