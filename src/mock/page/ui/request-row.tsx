import type { ComponentChild } from 'preact';
import { milliseconds, plural, timeOfDay } from '../lib/format.ts';
import type { Summary } from '../lib/types.ts';
import { cursor, go, route } from '../store/location.ts';
import { Status } from './status.tsx';

interface Props {
  readonly request: Summary;
  /** Counted from 0, newest first. */
  readonly place: number;
  readonly of: number;
  readonly top: number;
}

export const rowLabelId = (id: number): string => `request-${id}`;

const SOURCES: Readonly<Record<Summary['source'], string | null>> = {
  emulator: null,
  fault: 'fault',
  upstream: 'upstream',
  recording: 'recording',
};

export const RequestRow = ({ request, place, of, top }: Props): ComponentChild => {
  const { id, at, method, path, operation, status, ms, source, reason, violations } = request;
  const isOpen = route.value.id === id;
  const badge = SOURCES[source];
  const time = timeOfDay(at);
  return (
    <div
      id={rowLabelId(id)}
      role="option"
      class={cursor.value === id ? 'row row-cursor' : 'row'}
      aria-selected={isOpen}
      aria-posinset={place + 1}
      aria-setsize={of}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => {
        cursor.value = id;
        go({ view: 'requests', id });
      }}
    >
      <span class="row-time">
        {time.slice(0, -4)}
        <span class="row-fraction">{time.slice(-4)}</span>
      </span>
      <span class="row-method">{method}</span>
      <span class="row-what">
        {operation === null ? (
          <b class="row-path">{path}</b>
        ) : (
          <>
            <b>{operation}</b> <span class="row-path">{path}</span>
          </>
        )}
        {reason && <span class="row-reason">{reason}</span>}
      </span>
      <span class="row-badges">
        {badge && <span class={`badge badge-${source}`}>{badge}</span>}
        {violations.length > 0 && (
          <span class="badge badge-bad" title={plural(violations.length, 'violation')}>
            <span aria-hidden="true">⚠ </span>
            {violations.length}
            <span class="off-screen"> violations</span>
          </span>
        )}
      </span>
      <Status status={status} />
      <span class="row-ms">{milliseconds(ms)}</span>
    </div>
  );
};
