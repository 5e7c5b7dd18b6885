/** A page from a file may not use the clipboard in every browser; selecting always works. */
const copy = async (text: string, code: HTMLElement): Promise<string> => {
  try {
    await navigator.clipboard.writeText(text);
    return 'Copied';
  } catch {
    getSelection()?.selectAllChildren(code);
    return 'Selected';
  }
};

/** A button on each piece of code. */
export const offerCopies = (): void => {
  for (const code of document.querySelectorAll<HTMLElement>('.code pre code')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'copy';
    button.textContent = 'Copy';
    button.setAttribute('aria-label', 'Copy code');
    // Read out when it changes.
    button.setAttribute('aria-live', 'polite');
    button.addEventListener('click', () => {
      void copy(code.innerText.trimEnd(), code).then((done) => {
        button.textContent = done;
        button.setAttribute('aria-label', done);
        button.classList.add('is-done');
        setTimeout(() => {
          button.textContent = 'Copy';
          button.setAttribute('aria-label', 'Copy code');
          button.classList.remove('is-done');
        }, 2_000);
      });
    });
    code.closest('.code')?.append(button);
  }
};
