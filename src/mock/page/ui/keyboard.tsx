import type { ComponentChild } from 'preact';
import { useEffect } from 'preact/hooks';
import { indexOfId } from '../lib/summaries.ts';
import { VIEWS } from '../lib/route.ts';
import { filter, shown } from '../store/journal.ts';
import { cursor, go, route } from '../store/location.ts';
import { toggleTheme } from '../store/theme.ts';
import { copyAsCurl } from './request-actions.tsx';

const dialog = (): HTMLDialogElement | null => document.querySelector('#help');

export const openHelp = (): void => dialog()?.showModal();

/** Newest first: down is to an earlier request. */
const move = (by: 1 | -1): void => {
  const list = shown.value;
  if (list.length === 0) return;
  const from = cursor.value === null ? list.length : indexOfId(list, cursor.value);
  const next = list[Math.min(list.length - 1, Math.max(0, from - by))];
  if (!next) return;
  cursor.value = next.id;
  if (route.value.id !== null) go({ view: 'requests', id: next.id }, true);
};

const focusSearch = (): void => {
  if (route.value.view !== 'requests') go({ view: 'requests', id: null });
  requestAnimationFrame(() => document.querySelector<HTMLInputElement>('#search')?.focus());
};

const close = (): void => {
  const { view, id } = route.value;
  if (id !== null) go({ view, id: null });
  else if (view === 'requests' && filter.value.text) filter.value = { ...filter.value, text: '' };
};

const onRequests: Readonly<Record<string, () => void>> = {
  j: () => move(1),
  ArrowDown: () => move(1),
  k: () => move(-1),
  ArrowUp: () => move(-1),
  c: () => {
    const id = route.value.id ?? cursor.value;
    if (id !== null) void copyAsCurl(id);
  },
};

const everywhere: Readonly<Record<string, () => void>> = {
  '/': focusSearch,
  '?': openHelp,
  t: toggleTheme,
  Escape: close,
  ...Object.fromEntries(
    VIEWS.map((view, index) => [String(index + 1), () => go({ view, id: null })]),
  ),
};

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element && target.matches('input:not([type=checkbox]), textarea, select');

/** What a focused element does with a key by itself. */
const ownsKey = (target: EventTarget | null, key: string): boolean =>
  target instanceof Element &&
  ((key === 'Enter' && target.matches('a, button, summary, input')) ||
    (key.startsWith('Arrow') && target.matches('.scroll, .scroll *, [role=region]')));

const press = (event: KeyboardEvent): void => {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || dialog()?.open) return;
  if (isTyping(target)) {
    if (key === 'Escape') (target as HTMLElement).blur();
    return;
  }
  if (ownsKey(target, key)) return;
  const { view, id } = route.value;
  const enter = key === 'Enter' && view === 'requests' && id === null && cursor.value !== null;
  const run = enter
    ? () => go({ view: 'requests', id: cursor.value })
    : ((view === 'requests' ? onRequests[key] : undefined) ?? everywhere[key]);
  if (!run) return;
  event.preventDefault();
  run();
};

export const useKeyboard = (): void =>
  useEffect(() => {
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);

const KEYS: readonly (readonly [string, string])[] = [
  ['/', 'Search'],
  ['j  k', 'Next and previous request, also with the arrows'],
  ['Enter', 'Open the request'],
  ['Esc', 'Close it, or leave the search'],
  ['c', 'Copy it as curl'],
  ['1 … 5', 'Requests, usage, webhooks, faults, emulator'],
  ['t', 'Light or dark'],
  ['?', 'This help'],
];

export const Help = (): ComponentChild => (
  <dialog id="help" aria-labelledby="help-title">
    <h2 id="help-title">Keyboard</h2>
    <dl class="keys">
      {KEYS.map(([keys, what]) => (
        <div key={keys}>
          <dt>
            {keys.split('  ').map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}
          </dt>
          <dd>{what}</dd>
        </div>
      ))}
    </dl>
    <form method="dialog">
      <button type="submit">Close</button>
    </form>
  </dialog>
);
