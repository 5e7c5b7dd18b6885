import { act } from './notices.ts';

/** Pages without TLS on another host than this machine have no clipboard but this way. */
const copyBySelection = (text: string): void => {
  const area = document.createElement('textarea');
  const { activeElement } = document;
  area.value = text;
  area.setAttribute('aria-hidden', 'true');
  area.className = 'off-screen';
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  if (activeElement instanceof HTMLElement) activeElement.focus();
  if (!done) throw new Error('The browser did not let us copy.');
};

export const copy = (text: string, what: string): Promise<boolean> =>
  act(async () => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      copyBySelection(text);
    }
  }, `Copied ${what}`);
