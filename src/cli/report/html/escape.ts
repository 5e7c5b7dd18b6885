import { clean } from '../text.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text from elsewhere, for content and for attributes in quotes. */
export const text = (value: string): string =>
  clean(value).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

/** A name without blanks in it, with places where a line may end. */
export const breakable = (value: string): string =>
  text(value).replace(/[_:./-](?=\w)|[a-z\d](?=[A-Z])/g, '$&<wbr>');

/** Data for a script element: nothing in it can end the element, or a line of a script. */
export const scriptJson = (data: unknown): string =>
  JSON.stringify(data).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** `ig:story_replies` and `storyReplies` for people: `Story replies`. */
export function humanised(name: string): string {
  const words = clean(name)
    .replace(/^[^:\s]+:(?=\S)/, '')
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/_+/g, ' ')
    .trim();
  if (words === '') return clean(name);
  const lower = /[A-Z]{2}| /.test(words)
    ? words.replace(/(?<= )[A-Z](?=[a-z])/g, (one) => one.toLowerCase())
    : words;
  return lower.charAt(0).toUpperCase() + lower.slice(1);
}

const days = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeZone: 'UTC' });

/** A calendar day for people. */
export const dayText = (day: string): string => days.format(new Date(`${day}T00:00:00Z`));
