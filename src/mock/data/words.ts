import { remember } from './remember.ts';

/** Names come with requests, and patterns are tried on each: what is longer is no name. */
const MAX_NAME = 200;

/**
 * The words of a name, in lower case and one space apart. The sources behind the API write theirs
 * as `story_replies`, `averageViewDuration`, `ga:users`, `opens.open_rate` or `Reach (total)`, and
 * the tables that recognise them are written once.
 */
export const words = remember((name) =>
  name
    .slice(0, MAX_NAME)
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .toLowerCase(),
);
