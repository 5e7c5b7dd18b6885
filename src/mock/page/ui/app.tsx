import type { ComponentChild } from 'preact';
import type { View } from '../lib/route.ts';
import { faults } from '../store/emulator.ts';
import { route } from '../store/location.ts';
import { notice } from '../store/notices.ts';
import { connection } from '../store/stream.ts';
import { EmulatorView } from './emulator-view.tsx';
import { FaultsView } from './faults-view.tsx';
import { Header } from './header.tsx';
import { Help, useKeyboard } from './keyboard.tsx';
import { RequestsView } from './requests-view.tsx';
import { UsageView } from './usage-view.tsx';
import { WebhooksView } from './webhooks-view.tsx';

const VIEWS: Readonly<Record<View, () => ComponentChild>> = {
  requests: RequestsView,
  usage: UsageView,
  webhooks: WebhooksView,
  faults: FaultsView,
  emulator: EmulatorView,
};

export const App = (): ComponentChild => {
  useKeyboard();
  faults.use();
  const Shown = VIEWS[route.value.view];
  return (
    <>
      <Header />
      {connection.value === 'lost' && (
        <p class="banner" role="alert">
          Emulator stopped; trying again. What you see is from before.
        </p>
      )}
      <main id="main" tabIndex={-1}>
        <Shown />
      </main>
      <div class="notice-area" role="status" aria-live="polite">
        {notice.value && (
          <p class={notice.value.isError ? 'notice notice-error' : 'notice'}>{notice.value.text}</p>
        )}
      </div>
      <Help />
    </>
  );
};
