/**
 * The values that a dimension takes. The vendor's catalogues name dimensions differently from
 * source to source (`gender`, `userGender`, `ga:gender`), so a name is recognised by its words;
 * the first row that fits wins.
 */
const VALUES: readonly (readonly [RegExp, readonly string[]])[] = [
  [/gender/, ['Male', 'Female', 'Unknown']],
  [/age(bracket|range|group)?$/, ['18-24', '25-34', '35-44', '45-54', '55-64', '65+']],
  [/country/, ['Brazil', 'United States', 'Portugal', 'Mexico', 'Argentina', 'Spain']],
  [/city/, ['São Paulo', 'Rio de Janeiro', 'Lisbon', 'New York', 'Mexico City', 'Madrid']],
  [/region|state/, ['São Paulo', 'Rio de Janeiro', 'Minas Gerais', 'Paraná', 'Bahia']],
  [/device|platform/, ['mobile', 'desktop', 'tablet']],
  [/hour/, Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0'))],
  [
    /weekday|dayofweek/,
    ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],
  ],
  [/clicks?_?breakdown/, ['Email', 'Websites']],
  [/channel/, ['Organic Search', 'Direct', 'Organic Social', 'Paid Search', 'Referral', 'Email']],
  [
    /source_?medium/,
    ['google / organic', '(direct) / (none)', 'google / cpc', 'newsletter / email'],
  ],
  [/source/, ['google', '(direct)', 'instagram', 'newsletter', 'bing']],
  [/medium/, ['organic', '(none)', 'cpc', 'email', 'referral']],
  [/language/, ['pt-br', 'en-us', 'es-es', 'en-gb']],
  [/event/, ['page_view', 'session_start', 'scroll', 'click', 'purchase']],
  [/page|url/, ['/', '/pricing', '/blog', '/contact', '/about']],
  [/campaign/, ['Brand', 'Launch', 'Retargeting', 'Newsletter', 'Black Friday']],
];

const TIME = /^(date|day|dates?_?time)$/;

const words = (dimension: string): string => dimension.toLowerCase().replace(/^.*:/, '');

/** Whether the dimension is the calendar: its values are the days asked for. */
export const isDate = (dimension: string): boolean => TIME.test(words(dimension));

/** The values of a dimension, always the same ones and in the same order. */
export function valuesOf(dimension: string): readonly string[] {
  const name = words(dimension);
  const known = VALUES.find(([pattern]) => pattern.test(name));
  return known ? known[1] : [1, 2, 3, 4, 5].map((n) => `${dimension} ${n}`);
}
