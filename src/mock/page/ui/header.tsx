import type { ComponentChild } from 'preact';
import { number } from '../lib/format.ts';
import { formatRoute, VIEWS, type View } from '../lib/route.ts';
import { faults } from '../store/emulator.ts';
import { requests } from '../store/journal.ts';
import { route } from '../store/location.ts';
import { connection } from '../store/stream.ts';
import { toggleTheme } from '../store/theme.ts';
import { webhooks } from '../store/webhooks.ts';
import { openHelp } from './keyboard.tsx';

const TITLES: Readonly<Record<View, string>> = {
  requests: 'Requests',
  usage: 'Usage',
  webhooks: 'Webhooks',
  faults: 'Faults',
  emulator: 'Emulator',
};

const Count = ({ view }: { readonly view: View }): ComponentChild => {
  if (view === 'requests') return <Badge count={requests.value.length} />;
  if (view === 'webhooks') return <Badge count={webhooks.value.length} />;
  if (view !== 'faults') return null;
  const on = faults.data.value?.faults.filter(({ enabled }) => enabled).length ?? 0;
  return on > 0 ? <span class="badge badge-on">{on} on</span> : null;
};

const Badge = ({ count }: { readonly count: number }): ComponentChild =>
  count > 0 ? <span class="badge">{number(count)}</span> : null;

const STATES = { live: 'Live', connecting: 'Connecting', lost: 'Stopped' } as const;

export const Header = (): ComponentChild => (
  <header class="top">
    <a
      class="skip"
      href={formatRoute(route.value)}
      onClick={() => document.querySelector<HTMLElement>('#main')?.focus()}
    >
      Skip to content
    </a>
    <h1 class="brand">
      tallywire <span class="brand-what">emulator</span>
    </h1>
    <nav aria-label="Views">
      {VIEWS.map((view) => (
        <a
          key={view}
          class="tab"
          href={formatRoute({ view, id: null })}
          aria-current={route.value.view === view ? 'page' : undefined}
        >
          {TITLES[view]} <Count view={view} />
        </a>
      ))}
    </nav>
    <p class={`state state-${connection.value}`} role="status" aria-live="polite">
      {STATES[connection.value]}
    </p>
    <button
      type="button"
      class="icon"
      onClick={toggleTheme}
      aria-label="Switch between light and dark"
      title="Light or dark"
    >
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.6" />
        <path d="M8 1.8a6.2 6.2 0 0 1 0 12.4z" fill="currentColor" />
      </svg>
    </button>
    <button
      type="button"
      class="icon"
      onClick={openHelp}
      aria-label="Keyboard shortcuts"
      title="Keyboard shortcuts (?)"
    >
      <span aria-hidden="true">?</span>
    </button>
  </header>
);
