import MiniSearch from 'minisearch';
import { describe, expect, it } from 'vitest';
import { foundIn, passagesOf } from '../../../scripts/docs/search.ts';
import type { Page, Passage } from '../../../scripts/docs/site.ts';
import { excerpt } from '../../../src/site/script/excerpt.ts';
import { type Found, searchOptions } from '../../../src/site/script/search-options.ts';

const page: Page = {
  path: 'guides/a.html',
  section: 'Guides',
  title: 'Aggregation',
  description: '',
  body: '<h1>Aggregation</h1>\n<p>Counts &amp; windows.</p><h2 id="b">Windows<a class="anchor" href="#b" aria-label="Link">#</a></h2><div class="code"><pre><code>create<span>Tracker</span>()</code></pre></div><h3 id="c">Ends</h3>',
  headings: [],
};

const passages: readonly Passage[] = [
  { path: 'typescript/x.html', title: 'createReoClient', text: 'Makes a client.' },
  { path: 'guides/d.html#e', title: 'Retries', text: 'With createReoClient, and a budget.' },
  { path: 'guides/d.html#f', title: 'Elsewhere', text: 'event_id, retryAfter=2' },
  { path: 'typescript/Flush.html', title: 'Flush', text: 'How a flush ends.' },
  { path: 'guides/d.html#g', title: 'Flush', text: 'How a flush ends.' },
  { path: 'guides/durability.html#at-the-end-of-a-process', title: 'The end', text: 'Close it.' },
];

const search = (query: string): readonly string[] => {
  const index = new MiniSearch<Found>(searchOptions);
  index.addAll(foundIn([{ pages: [page], passages }]));
  const copy = MiniSearch.loadJS<Found>(
    JSON.parse(JSON.stringify(index)) as ReturnType<typeof index.toJSON>,
    searchOptions,
  );
  return copy.search(query).map(({ path }) => path as string);
};

describe('what search finds', () => {
  it('is the text below each heading, without markup', () => {
    expect(passagesOf(page)).toEqual([
      { path: 'guides/a.html', title: 'Aggregation', text: 'Counts & windows.' },
      { path: 'guides/a.html#b', title: 'Windows', text: 'createTracker()' },
      { path: 'guides/a.html#c', title: 'Ends', text: '' },
    ]);
  });

  it('has the title of its page', () => {
    const found = foundIn([
      {
        pages: [page],
        passages: [{ path: 'r.html#/x', title: 'Send', text: '' }],
        links: [{ section: 'API references', title: 'Reference', path: 'r.html' }],
      },
    ]);
    expect(found.map((one) => one.page)).toEqual([
      'Aggregation',
      'Aggregation',
      'Aggregation',
      'Reference',
    ]);
  });

  it('puts a title before a text', () => {
    expect(search('createReoClient')).toEqual(['typescript/x.html', 'guides/d.html#e']);
  });

  it('puts a guide before the reference of names', () => {
    expect(search('flush')).toEqual(['guides/d.html#g', 'typescript/Flush.html']);
  });

  it.each([
    [
      'a word that only keywords have',
      'shutdown',
      'guides/durability.html#at-the-end-of-a-process',
    ],
    ['a beginning', 'createR', 'typescript/x.html'],
    ['a part of a name', 'client', 'typescript/x.html'],
    ['what stands beside other signs', 'retryAfter', 'guides/d.html#f'],
    ['another case', 'CREATEREOCLIENT', 'typescript/x.html'],
    ['a misspelt word', 'agregation', 'guides/a.html'],
    ['a name with an underscore', 'event_id', 'guides/d.html#f'],
    ['all words, in any order', 'tracker aggregation', 'guides/a.html#b'],
  ])('is found by %s', (_, query, path) => {
    expect(search(query)[0]).toBe(path);
  });

  it('has to have all words', () => {
    expect(search('createReoClient nonsense')).toEqual([]);
  });

  it('is shown by the stretch around the word', () => {
    const text = `${'before '.repeat(50)}needle ${'behind '.repeat(50)}`;
    const cut = excerpt(text, ['need']);
    expect(cut).toMatch(/^… (before )+needle (behind )+…$/);
    expect(cut.length).toBeLessThan(200);
    expect(excerpt('short needle', ['needle'])).toBe('short needle');
    expect(excerpt('nothing of it', [])).toBe('nothing of it');
  });
});
