/** The navigation behind a button, where there is no room for it. */
export const offerMenu = (): void => {
  const button = document.querySelector<HTMLButtonElement>('[data-menu]');
  const menu = document.getElementById('navigation');
  if (!button || !menu) return;
  // The list is longer than most windows.
  const current = menu.querySelector<HTMLElement>('[aria-current]');
  if (current) menu.scrollTop = current.offsetTop - menu.clientHeight / 2;
  const open = (isOpen: boolean): void => {
    menu.classList.toggle('is-open', isOpen);
    button.setAttribute('aria-expanded', `${isOpen}`);
  };
  const isOpen = (): boolean => menu.classList.contains('is-open');
  button.addEventListener('click', () => {
    open(!isOpen());
    if (isOpen()) menu.querySelector<HTMLElement>('[aria-current], a')?.focus();
  });
  document.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape' || !isOpen()) return;
    open(false);
    button.focus();
  });
  document.addEventListener('click', ({ target }) => {
    const inside = target instanceof Node && (menu.contains(target) || button.contains(target));
    if (!inside) open(false);
  });
  // It comes before the page in the document: who tabs out of it has left it.
  menu.addEventListener('focusout', ({ relatedTarget }) => {
    if (relatedTarget instanceof Node && !menu.contains(relatedTarget)) open(false);
  });
};
