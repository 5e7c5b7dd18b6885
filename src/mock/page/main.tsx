/** The inbox: a page for people on the emulator's control API. */
import { render } from 'preact';
import type { Summary, WebhookSummary } from './lib/types.ts';
import { refreshAll, refreshChanged } from './store/emulator.ts';
import { arrived, catchUp, reload } from './store/journal.ts';
import { follow } from './store/stream.ts';
import { loadWebhooks, webhookChanged } from './store/webhooks.ts';
import { App } from './ui/app.tsx';

render(<App />, document.body);

follow({
  open: () => {
    catchUp();
    loadWebhooks();
    refreshAll();
  },
  request: (request) => arrived(request as Summary),
  webhook: (webhook) => webhookChanged(webhook as WebhookSummary),
  changed: (what) => {
    if (what === 'requests') void reload();
    else if (what === 'webhooks') loadWebhooks();
    else refreshChanged(String(what));
  },
});
