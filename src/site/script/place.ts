/** Marks in the table of contents which heading is being read: the last one above a third of the window. */
export const markPlace = (): void => {
  const links = [...document.querySelectorAll<HTMLAnchorElement>('.contents a')];
  const headings = links.map(({ hash }) =>
    document.getElementById(decodeURIComponent(hash.slice(1))),
  );
  if (links.length === 0) return;
  const mark = (): void => {
    const isRead = (heading: HTMLElement | null): boolean =>
      heading !== null && heading.getBoundingClientRect().top < innerHeight / 3;
    const current = links[headings.findLastIndex(isRead)];
    for (const link of links) {
      if (link === current) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
  };
  addEventListener('scroll', mark, { passive: true });
  mark();
};
