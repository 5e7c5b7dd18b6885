import { loadScript } from './load-script.ts';

/** What `assets/search.js` and `assets/search-index.js` leave for the page. */
declare global {
  interface Window {
    tallywireSearch?: (site: string) => void;
    tallywireSearchIndex?: object;
  }
}

const isTyping = ({ target }: Event): boolean =>
  target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');

/** Search is loaded when it is first asked for. */
export const offerSearch = (site: string): void => {
  let loading: Promise<unknown> | undefined;
  const load = (): Promise<unknown> =>
    (loading ??= Promise.all([
      loadScript(`${site}assets/search.js`),
      loadScript(`${site}assets/search-index.js`),
    ]));
  const open = (): void => {
    load().then(
      () => window.tallywireSearch?.(site),
      (error: unknown) => {
        loading = undefined;
        console.error(error);
      },
    );
  };
  const button = document.querySelector('[data-search]');
  if (!button) return;
  button.addEventListener('click', open);
  button.addEventListener('pointerenter', () => void load().catch(() => undefined), { once: true });
  document.addEventListener(
    'keydown',
    (event) => {
      const isShortcut =
        (event.key === 'k' && (event.ctrlKey || event.metaKey)) ||
        (event.key === '/' && !event.ctrlKey && !event.metaKey && !isTyping(event));
      if (!isShortcut || document.querySelector('dialog[open]')) return;
      event.preventDefault();
      // Pages of other tools have a search of their own under these keys.
      event.stopImmediatePropagation();
      open();
    },
    { capture: true },
  );
};
