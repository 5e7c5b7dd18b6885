import { uuid } from './random.ts';
import type { Values } from './dimensions.ts';
import { remember } from './remember.ts';
import { words } from './words.ts';

/** A post as a cell of a table (seen in the answers that integrations handle). */
export interface MediaCell {
  readonly id: string;
  readonly text: string;
  readonly url: string;
  readonly cdn_image: string;
}

const MEDIA =
  /(^| )(media|medias|reels?|posts?|videos?|stor(y|ies)|igtv|shorts?|pins?|tweets?|carousels?)( id)?$/;

const TEXTS = [
  'Five things we learned this year',
  'Behind the scenes',
  'The new collection is here',
  'Your questions, answered',
  'A day at the workshop',
  'Before and after',
  'Save this for later',
  'Thank you!',
];

/** Pictures have to show without a network: one grey pixel. */
const PIXEL = 'data:image/gif;base64,R0lGODlhAQABAIAAAMLCwgAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==';

/** Whether the values of the dimension are posts. */
export const isMedia = remember((dimension): boolean => MEDIA.test(words(dimension)));

/** What posts are called where there is no room for more than a text. */
export const MEDIA_VALUES: Values = {
  labels: TEXTS,
  shares: [30, 24, 20, 16, 13, 11, 9, 7],
};

/** A post as a cell; the same post has the same id everywhere. */
export function mediaCell(dimension: string, text: string): MediaCell {
  // `reel`, `reels` and `page_reels` are the same things.
  const kind = words(dimension).replace(/ id$/, '').split(' ').at(-1)?.replace(/s$/, '') ?? '';
  const id = uuid('media', kind, text);
  return { id, text, url: `https://example.invalid/${kind}/${id}`, cdn_image: PIXEL };
}
