import type { ComponentChild } from 'preact';
import { bytes, plural, timeOfDay } from '../lib/format.ts';
import type { WebhookSummary } from '../lib/types.ts';
import { go, route } from '../store/location.ts';
import { webhooks } from '../store/webhooks.ts';
import { WebhookDetail } from './webhook-detail.tsx';
import { redeliver, State } from './webhook-parts.tsx';

const lastAttempt = ({ attempts, dueAt }: WebhookSummary): string => {
  const last = attempts.at(-1);
  const next = dueAt === null ? '' : `, next at ${timeOfDay(dueAt)}`;
  if (!last) return `not sent yet${next}`;
  return `${plural(attempts.length, 'attempt')}, last ${last.status ?? last.error ?? 'without an answer'}${next}`;
};

const Row = ({ webhook }: { readonly webhook: WebhookSummary }): ComponentChild => {
  const { id, state, target, createdAt, note, requestId } = webhook;
  return (
    <tr class={route.value.id === id ? 'is-open' : undefined}>
      <td>
        <a href={`#/webhooks/${id}`}>#{id}</a>
      </td>
      <td>{timeOfDay(createdAt)}</td>
      <td>
        <State state={state} />
      </td>
      <td class="breaks">{target}</td>
      <td class="breaks">
        {lastAttempt(webhook)}
        {note !== null && <span class="cell-note">{note}</span>}
      </td>
      <td>{requestId > 0 ? <a href={`#/requests/${requestId}`}>request {requestId}</a> : null}</td>
      <td class="is-number">{bytes(webhook.bytes)}</td>
      <td>
        <button
          type="button"
          aria-label={`Redeliver webhook ${id}`}
          onClick={() => void redeliver(id)}
        >
          Redeliver
        </button>
      </td>
    </tr>
  );
};

const COLUMNS = ['Webhook', 'Time', 'State', 'Target', 'Attempts', 'Asked by', 'Size', 'Actions'];

export const WebhooksView = (): ComponentChild => {
  const all = webhooks.value.toReversed();
  const { id } = route.value;
  return (
    <div class={id === null ? 'page' : 'page page-split'}>
      <section class="card card-wide" aria-labelledby="webhooks-title">
        <h2 id="webhooks-title">Webhooks</h2>
        {all.length === 0 ? (
          <p class="muted">
            None yet. <code>getDataAsync</code> promises one with each call.
          </p>
        ) : (
          <div
            class="scroll table-box table-tall"
            tabIndex={0}
            role="region"
            aria-labelledby="webhooks-title"
          >
            <table>
              <thead>
                <tr>
                  {COLUMNS.map((name) => (
                    <th key={name} scope="col">
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {all.map((one) => (
                  <Row key={one.id} webhook={one} />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </section>
      {id !== null && <WebhookDetail id={id} close={() => go({ view: 'webhooks', id: null })} />}
    </div>
  );
};
