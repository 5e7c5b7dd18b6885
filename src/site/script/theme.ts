const key = 'tallywire-theme';
const dark = matchMedia('(prefers-color-scheme: dark)');

type Theme = 'light' | 'dark';

const ofSystem = (): Theme => (dark.matches ? 'dark' : 'light');

// A browser may keep nothing, and then throws.
const remembered = (): Theme | undefined => {
  try {
    const value = localStorage.getItem(key);
    return value === 'light' || value === 'dark' ? value : undefined;
  } catch {
    return undefined;
  }
};

/** Remembers only what differs from the system, so that whoever goes back to it follows it again. */
const remember = (theme: Theme): void => {
  try {
    if (theme === ofSystem()) localStorage.removeItem(key);
    else localStorage.setItem(key, theme);
  } catch {
    // Then it holds for this page.
  }
};

const set = (theme: Theme): void => {
  document.documentElement.dataset.theme = theme;
  document
    .querySelector('[data-theme-switch]')
    ?.setAttribute('aria-pressed', `${theme === 'dark'}`);
  document.dispatchEvent(new Event('themechange'));
};

export const followTheme = (): void => {
  const follow = (): void => set(remembered() ?? ofSystem());
  follow();
  dark.addEventListener('change', follow);
  // Another tab of the site.
  addEventListener('storage', (event) => event.key === key && follow());
};

export const offerThemes = (): void => {
  set(remembered() ?? ofSystem());
  document.querySelector('[data-theme-switch]')?.addEventListener('click', () => {
    const other = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
    remember(other);
    set(other);
  });
};
