import type { ComponentChild } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { dateAndTime, milliseconds } from '../lib/format.ts';
import { metricViews } from '../lib/metric-view.ts';
import type { Entry, Summary } from '../lib/types.ts';
import { messageOf } from '../store/api.ts';
import { requests } from '../store/journal.ts';
import { go } from '../store/location.ts';
import { webhooks } from '../store/webhooks.ts';
import { MessagePart } from './message-part.tsx';
import { Metrics } from './metrics.tsx';
import { fetchEntry, RequestActions } from './request-actions.tsx';
import { Status } from './status.tsx';
import { Problems } from './problems.tsx';

type Loaded = { readonly entry: Entry } | { readonly error: string };

const useEntry = (id: number): Loaded | undefined => {
  const [loaded, setLoaded] = useState<Loaded | undefined>(undefined);
  useEffect(() => {
    const stop = new AbortController();
    fetchEntry(id, stop.signal).then(
      (entry) => setLoaded({ entry }),
      (error: unknown) => {
        if (!stop.signal.aborted) setLoaded({ error: messageOf(error) });
      },
    );
    return () => stop.abort();
  }, [id]);
  return loaded;
};

const Facts = ({ summary }: { readonly summary: Summary }): ComponentChild => (
  <p class="facts">
    <span>#{summary.id}</span>
    <time dateTime={summary.at} title={summary.at}>
      {dateAndTime(summary.at)}
    </time>
    <span>{milliseconds(summary.ms)}</span>
    <span>{summary.api === 'reo' ? 'Reo.Dev' : 'Reportei'}</span>
    {summary.source !== 'emulator' && (
      <span class={`badge badge-${summary.source}`}>{summary.source}</span>
    )}
    {summary.fault !== null && <a href="#/faults">fault {summary.fault}</a>}
    {webhooks.value
      .filter(({ requestId }) => requestId === summary.id)
      .map((one) => (
        <a key={one.id} href={`#/webhooks/${one.id}`}>
          webhook {one.id}: {one.state}
        </a>
      ))}
  </p>
);

const Content = ({ entry }: { readonly entry: Entry }): ComponentChild => {
  const { operation, status, request, response, query } = entry;
  const metrics =
    operation === 'getData' && status === 200 ? metricViews(request.body, response.body) : [];
  return (
    <>
      <RequestActions entry={entry} />
      <Problems entry={entry} />
      {metrics.length > 0 && <Metrics views={metrics} />}
      <MessagePart title="Request" message={request} query={query} />
      <MessagePart title="Response" message={response} status={status} />
    </>
  );
};

export const RequestDetail = ({ id }: { readonly id: number }): ComponentChild => {
  const loaded = useEntry(id);
  const entry = loaded && 'entry' in loaded && loaded.entry.id === id ? loaded.entry : undefined;
  const title = useRef<HTMLHeadingElement>(null);
  // Who opens it by a key reads on here, and goes on in the list where they were.
  useEffect(() => {
    title.current?.focus({ preventScroll: true });
    return () => document.querySelector<HTMLElement>('.rows')?.focus({ preventScroll: true });
  }, []);
  const summary = entry ?? requests.value.find((one) => one.id === id);
  return (
    <article class="detail" aria-labelledby="detail-title">
      <header class="detail-head">
        <h2 id="detail-title" ref={title} tabIndex={-1}>
          {summary ? (
            <>
              <Status status={summary.status} /> <span class="method">{summary.method}</span>{' '}
              {summary.operation ?? 'unknown operation'}
            </>
          ) : (
            `Request ${id}`
          )}
        </h2>
        <button
          type="button"
          class="icon"
          aria-label="Close"
          title="Close (Esc)"
          onClick={() => go({ view: 'requests', id: null })}
        >
          <span aria-hidden="true">✕</span>
        </button>
      </header>
      {summary && (
        <>
          <p class="path">{summary.path}</p>
          <Facts summary={summary} />
        </>
      )}
      {entry && <Content key={id} entry={entry} />}
      {loaded && 'error' in loaded && !entry && <p class="empty">{loaded.error}</p>}
    </article>
  );
};
