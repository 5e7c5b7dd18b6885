/** Gives names to what Elements leaves without: for those who hear the console. */

/** Selector, attribute, value: what is there already stays. */
const missing = [
  ['[role="heading"]', 'aria-level', '3'],
  ['textarea', 'aria-label', 'Request body'],
  ['.sl-code-viewer__scroller', 'tabindex', '0'],
] as const;

const isNameless = (element: Element): boolean =>
  !element.hasAttribute('aria-label') &&
  !element.hasAttribute('aria-labelledby') &&
  element.textContent.trim() === '';

const mend = (within: Element): void => {
  for (const [selector, attribute, value] of missing) {
    for (const one of within.querySelectorAll(`${selector}:not([${attribute}])`)) {
      one.setAttribute(attribute, value);
    }
  }
  for (const button of within.querySelectorAll('button, [role="button"]')) {
    if (!isNameless(button)) continue;
    const isCopy = button.querySelector('[data-icon="copy"], [data-icon="paste"]') !== null;
    button.setAttribute('aria-label', isCopy ? 'Copy' : 'Expand or collapse');
  }
};

/** Now, and whenever something else is shown. */
export const mendNames = (within: Element): void => {
  let isDue = false;
  const soon = (): void => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      mend(within);
    });
  };
  new MutationObserver(soon).observe(within, { childList: true, subtree: true });
  soon();
};
