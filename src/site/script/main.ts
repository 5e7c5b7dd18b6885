/**
 * Runs in the <head> of every page, before anything is painted. It knows nothing of the page: where the
 * site is, it sees by its own address, so that it works from a file and below any path.
 */
import { offerCopies } from './copy.ts';
import { offerMenu } from './menu.ts';
import { markPlace } from './place.ts';
import { offerScrolling } from './scrolling.ts';
import { offerSearch } from './search-opener.ts';
import { followTheme, offerThemes } from './theme.ts';
import { offerVersions } from './versions.ts';

const self = (document.currentScript as HTMLScriptElement).src;
const site = new URL('..', self).href;

document.documentElement.classList.add('scripted');
followTheme();
document.addEventListener('DOMContentLoaded', () => {
  offerThemes();
  offerMenu();
  offerCopies();
  offerScrolling();
  offerSearch(site);
  offerVersions(site);
  markPlace();
});
