import { signal } from '@preact/signals';
import type { WebhookSummary } from '../lib/types.ts';
import { call, messageOf } from './api.ts';
import { perFrame, throttled } from './frames.ts';
import { say } from './notices.ts';

/** As many as the emulator keeps. */
const MAX = 1_000;

/** Oldest first. */
export const webhooks = signal<readonly WebhookSummary[]>([]);

const withNew = (
  known: readonly WebhookSummary[],
  added: readonly WebhookSummary[],
): readonly WebhookSummary[] =>
  [...new Map([...known, ...added].map((one) => [one.id, one])).values()]
    .sort((a, b) => a.id - b.id)
    .slice(-MAX);

const changes = perFrame<WebhookSummary>(MAX, (items) => {
  webhooks.value = withNew(webhooks.value, items);
});

export const webhookChanged = (webhook: WebhookSummary): void => changes.add(webhook);

export const loadWebhooks = throttled(1_000, () => {
  call<{ readonly webhooks: readonly WebhookSummary[] }>('GET', 'webhooks').then(
    (list) => (webhooks.value = list.webhooks),
    (error: unknown) => say(messageOf(error), true),
  );
});
