/** Light, dark, or as the system has it; remembered where the browser lets us. */
import { effect, signal } from '@preact/signals';

export type Theme = 'auto' | 'light' | 'dark';

const NAME = 'tallywire-theme';

const remembered = (): Theme => {
  try {
    const value = localStorage.getItem(NAME);
    return value === 'light' || value === 'dark' ? value : 'auto';
  } catch {
    return 'auto';
  }
};

export const theme = signal<Theme>(remembered());

effect(() => {
  document.documentElement.dataset.theme = theme.value;
  try {
    localStorage.setItem(NAME, theme.value);
  } catch {
    // Then it is forgotten with the page.
  }
});

const system = matchMedia('(prefers-color-scheme: dark)');

/** From what is seen to the other one, which may be what the system has. */
export const toggleTheme = (): void => {
  const seen = theme.value === 'auto' ? (system.matches ? 'dark' : 'light') : theme.value;
  const other = seen === 'dark' ? 'light' : 'dark';
  theme.value = other === (system.matches ? 'dark' : 'light') ? 'auto' : other;
};
