import type { ComponentChild } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { bytes, dateAndTime, milliseconds, timeOfDay } from '../lib/format.ts';
import { metricViews, type MetricView } from '../lib/metric-view.ts';
import type { Webhook } from '../lib/types.ts';
import { call, messageOf } from '../store/api.ts';
import { copy } from '../store/clipboard.ts';
import { webhooks } from '../store/webhooks.ts';
import { Body } from './body.tsx';
import { Metrics } from './metrics.tsx';
import { fetchEntry } from './request-actions.tsx';
import { redeliver, State } from './webhook-parts.tsx';

interface Loaded {
  readonly webhook: Webhook;
  readonly metrics: readonly MetricView[];
}

const load = async (id: number, signal: AbortSignal): Promise<Loaded> => {
  const webhook = await call<Webhook>('GET', `webhooks/${id}`, undefined, signal);
  // What was asked for is in the request, which may be forgotten by now.
  const asked =
    webhook.requestId > 0 ? await fetchEntry(webhook.requestId, signal).catch(() => null) : null;
  return { webhook, metrics: asked ? metricViews(asked.request.body, webhook.body) : [] };
};

const Attempts = ({ attempts }: Pick<Webhook, 'attempts'>): ComponentChild => (
  <ol class="attempts">
    {attempts.map(({ at, status, error, ms }, index) => (
      <li key={index}>
        {timeOfDay(at)} <b>{status ?? 'no answer'}</b> {error ?? ''}{' '}
        <span class="muted">{milliseconds(ms)}</span>
      </li>
    ))}
  </ol>
);

export const WebhookDetail = ({
  id,
  close,
}: {
  readonly id: number;
  readonly close: () => void;
}): ComponentChild => {
  const [loaded, setLoaded] = useState<Loaded | string | undefined>(undefined);
  useEffect(() => {
    const stop = new AbortController();
    load(id, stop.signal).then(setLoaded, (error: unknown) => {
      if (!stop.signal.aborted) setLoaded(messageOf(error));
    });
    return () => stop.abort();
  }, [id]);
  const summary = webhooks.value.find((one) => one.id === id);
  const full = typeof loaded === 'object' && loaded.webhook.id === id ? loaded : undefined;
  return (
    <article class="card card-wide" aria-labelledby="webhook-title">
      <header class="detail-head">
        <h2 id="webhook-title">
          Webhook {id} {summary && <State state={summary.state} />}
        </h2>
        <button type="button" class="icon" aria-label="Close" title="Close (Esc)" onClick={close}>
          <span aria-hidden="true">✕</span>
        </button>
      </header>
      {summary && (
        <>
          <p class="facts">
            <span>{summary.target}</span>
            <span>asked for {dateAndTime(summary.createdAt)}</span>
          </p>
          {summary.note !== null && <p class="problem-line">{summary.note}</p>}
          <Attempts attempts={summary.attempts} />
        </>
      )}
      {typeof loaded === 'string' && <p class="empty">{loaded}</p>}
      {full && (
        <>
          <div class="actions">
            <button type="button" class="primary" onClick={() => void redeliver(id)}>
              Redeliver
            </button>
            <button type="button" onClick={() => void copy(full.webhook.body, 'the body')}>
              Copy body
            </button>
          </div>
          {full.metrics.length > 0 && <Metrics views={full.metrics} />}
          <section class="part" aria-label="Body">
            <header class="part-head">
              <h3>Body</h3>
              <span class="muted">{bytes(full.webhook.bytes)}</span>
            </header>
            <Body
              key={id}
              text={full.webhook.body}
              size={full.webhook.bytes}
              label="Body of the webhook"
            />
          </section>
        </>
      )}
    </article>
  );
};
