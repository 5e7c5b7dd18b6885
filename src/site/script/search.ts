/** The search dialog: `assets/search.js`, which is loaded when search is first asked for. */
import MiniSearch, { type SearchResult } from 'minisearch';
import { type Found, searchOptions } from './search-options.ts';
import { excerpt, markWords } from './excerpt.ts';

const mostShown = 20;

const element = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
};

const resultOf = (found: SearchResult & Found, place: number, site: string): HTMLElement => {
  const { path, page, title, text, terms } = found;
  const heading = title && title !== page ? `${page} › ${title}` : page;
  return element(
    'a',
    {
      role: 'option',
      id: `found-${place}`,
      href: site + path,
      tabindex: '-1',
      'aria-selected': 'false',
    },
    element('b', {}, ...markWords(heading, terms)),
    element('small', {}, ...markWords(excerpt(text, terms), terms)),
  );
};

const makeDialog = (site: string): HTMLDialogElement => {
  const index = MiniSearch.loadJS<Found>(
    window.tallywireSearchIndex as Parameters<typeof MiniSearch.loadJS>[0],
    searchOptions,
  );
  const input = element('input', {
    // Not `search`: there the first Esc only empties it.
    type: 'text',
    enterkeyhint: 'search',
    role: 'combobox',
    placeholder: 'Search guides, operations, types',
    'aria-label': 'Search the documentation',
    'aria-controls': 'found',
    'aria-expanded': 'false',
    'aria-autocomplete': 'list',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  const results = element('div', {
    class: 'search-results',
    id: 'found',
    role: 'listbox',
    'aria-label': 'Results',
  });
  const state = element('p', { class: 'search-state', role: 'status' });
  const dialog = element(
    'dialog',
    { class: 'search', 'aria-label': 'Search' },
    input,
    results,
    state,
  );
  let selected = 0;

  const select = (place: number): void => {
    const options = [...results.children];
    selected = (place + options.length) % Math.max(options.length, 1);
    for (const [i, option] of options.entries()) {
      option.setAttribute('aria-selected', `${i === selected}`);
    }
    const option = options[selected];
    option?.scrollIntoView({ block: 'nearest' });
    if (option) input.setAttribute('aria-activedescendant', option.id);
    else input.removeAttribute('aria-activedescendant');
  };

  const search = (): void => {
    const query = input.value.trim();
    const found = query ? (index.search(query) as (SearchResult & Found)[]) : [];
    results.replaceChildren(
      ...found.slice(0, mostShown).map((one, place) => resultOf(one, place, site)),
    );
    input.setAttribute('aria-expanded', `${found.length > 0}`);
    const many =
      found.length > mostShown
        ? `the best ${mostShown} of ${found.length}`
        : `${found.length} found`;
    const keys = element(
      'span',
      { class: 'search-keys' },
      '↑ ↓ to choose, Enter to open, Esc to close',
    );
    const isNothing = query !== '' && found.length === 0;
    state.replaceChildren(
      isNothing ? `Nothing found for “${query}”` : query && many,
      isNothing ? '' : keys,
    );
    select(0);
  };

  input.addEventListener('input', search);
  dialog.addEventListener('keydown', (event) => {
    const option = results.children[selected];
    if (event.key === 'ArrowDown') select(selected + 1);
    else if (event.key === 'ArrowUp') select(selected - 1);
    else if (event.key === 'Enter' && option instanceof HTMLElement) option.click();
    else return;
    event.preventDefault();
  });
  dialog.addEventListener('click', ({ target }) => {
    // The dialog itself is only where its content is not: on the backdrop. A result closes it too, since
    // it may be on the page that is open.
    if (target === dialog || (target instanceof Element && target.closest('a'))) dialog.close();
  });
  results.addEventListener('pointermove', ({ target }) => {
    const option = target instanceof Element ? target.closest('a') : null;
    const place = option ? [...results.children].indexOf(option) : -1;
    if (place !== -1 && place !== selected) select(place);
  });
  document.body.append(dialog);
  search();
  return dialog;
};

let dialog: HTMLDialogElement | undefined;

window.tallywireSearch = (site) => {
  dialog ??= makeDialog(site);
  if (!dialog.open) dialog.showModal();
  dialog.querySelector('input')?.select();
};
