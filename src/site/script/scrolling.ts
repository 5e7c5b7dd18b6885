/** What scrolls inside itself can be reached by keyboard; what does not is no stop on the way. */
export const offerScrolling = (): void => {
  const look = (box: Element): void => {
    if (box.scrollWidth > box.clientWidth) box.setAttribute('tabindex', '0');
    else box.removeAttribute('tabindex');
  };
  const observer = new ResizeObserver((entries) => entries.forEach(({ target }) => look(target)));
  for (const box of document.querySelectorAll('.code pre, .wide')) observer.observe(box);
};
