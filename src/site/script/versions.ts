import { loadScript } from './load-script.ts';

/** One published version, as `versions.js` lists it: the newest first. */
interface Version {
  readonly version: string;
  /** Its pages, so that a reader stays where they are. */
  readonly pages: readonly string[];
}

/** What `assets/version.js` leaves: of which version this site is, and where the others are listed. */
declare global {
  interface Window {
    tallywireVersion?: { readonly version: string; readonly published?: true };
    tallywireVersions?: { readonly latest: string | null; readonly versions: readonly Version[] };
  }
}

const choice = (site: string, versions: readonly Version[], latest: string | null): HTMLElement => {
  const current = window.tallywireVersion?.version;
  const select = document.createElement('select');
  select.setAttribute('aria-label', 'Version');
  for (const { version } of versions) {
    const label = version === latest ? `${version} (latest)` : version;
    select.append(new Option(label, version, version === current, version === current));
  }
  select.addEventListener('change', () => {
    const page = location.href.slice(site.length).replace(/[?#].*$/, '') || 'index.html';
    const chosen = versions.find(({ version }) => version === select.value);
    const path = chosen?.pages.includes(page) ? page : 'index.html';
    location.assign(new URL(`../${select.value}/${path}`, site).href);
  });
  return select;
};

/** Which version this is, and the others, where the site stands among published ones. */
export const offerVersions = (site: string): void => {
  const place = document.querySelector('[data-versions]');
  if (!place) return;
  const offer = async (): Promise<void> => {
    await loadScript(`${site}assets/version.js`);
    const own = window.tallywireVersion;
    if (!own) return;
    place.className = 'bar-version';
    place.textContent = own.version;
    if (!own.published) return;
    await loadScript(new URL('../versions.js', site).href);
    const { versions, latest } = window.tallywireVersions ?? { versions: [], latest: null };
    if (versions.length > 0) place.replaceChildren(choice(site, versions, latest));
  };
  offer().catch((error: unknown) => console.error(error));
};
