import type { ComponentChild } from 'preact';
import type { WebhookSummary } from '../lib/types.ts';
import { call } from '../store/api.ts';
import { act } from '../store/notices.ts';

const KINDS: Readonly<Record<WebhookSummary['state'], string>> = {
  pending: 'info',
  delivered: 'good',
  failed: 'bad',
  refused: 'warn',
};

export const State = ({ state }: Pick<WebhookSummary, 'state'>): ComponentChild => (
  <span class={`status status-${KINDS[state]}`}>{state}</span>
);

export const redeliver = (id: number): Promise<boolean> =>
  act(() => call('POST', `webhooks/${id}/redeliver`), `Webhook ${id} is on its way again`);
