/** The front page: what it is, whom it helps, how to begin, and everything that is on the site. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tokens } from 'marked';
import { root } from '../lib/run.ts';
import { escapeHtml } from './html.ts';
import { blocksOf, type Markdown } from './markdown.ts';
import type { NavigationGroup } from './navigation.ts';
import type { Page } from './site.ts';

interface Feature {
  readonly title: string;
  readonly text: string;
  readonly guide: string;
  readonly link: string;
}

/** In the order of the README's first samples, which are shown beside them. */
const features: readonly Feature[] = [
  {
    title: 'Send usage',
    text: 'Single events and counts to Reo.Dev. A success is a success: an answer of 200 that says “failure” in its body is an error here.',
    guide: 'sending-usage',
    link: 'Sending usage',
  },
  {
    title: 'Track it in the background',
    text: 'At no cost that your service would notice: counts are folded, outages are sat out, and every record is accounted for. With an outbox on disk, through crashes too.',
    guide: 'durability',
    link: 'What survives what',
  },
  {
    title: 'Fetch metrics',
    text: 'Numbers, charts and tables from Reportei Connect, each with its own type. A metric that failed is an error, never a 0.',
    guide: 'metrics',
    link: 'Metrics',
  },
];

/** Samples come from the README, where a test runs them. */
const samplesOf = async (language: string): Promise<readonly string[]> =>
  blocksOf(await readFile(join(root, 'README.md'), 'utf8'))
    .filter((token): token is Tokens.Code => token.type === 'code')
    .filter(({ lang }) => lang === language)
    .map(({ text }) => text);

const firstWith = (samples: readonly string[], words: string): string => {
  const found = samples.find((sample) => sample.includes(words));
  if (found === undefined) throw new Error(`no sample of the README has ${words}`);
  return found;
};

const listOf = ({ section, links }: NavigationGroup): string => {
  const items = links.map(
    ({ path, title }) => `<li><a href="${path}">${escapeHtml(title)}</a></li>`,
  );
  return `<section><h2>${section}</h2>\n<ul>\n${items.join('\n')}\n</ul></section>`;
};

/** The front page is made last, since it lists all others. */
export const buildLanding = async (
  markdown: Markdown,
  groups: readonly NavigationGroup[],
): Promise<Page> => {
  const [shell, samples] = await Promise.all([samplesOf('sh'), samplesOf('ts')]);
  const shown = features.map(({ title, text, guide, link }, place) => {
    return `<section class="feature"><div><h2>${title}</h2>
<p>${text}</p><p><a href="guides/${guide}.html">${link}</a></p></div>
${markdown.code(samples[place] ?? '', 'ts')}</section>`;
  });
  const body = `<div class="hero"><div>
<h1>Usage in, metrics out</h1>
<p>tallywire is a TypeScript package with typed, dependable clients for Reo.Dev product usage and Reportei Connect metrics, and a local emulator of both. For services that report usage or build dashboards, and for everyone who develops against either API without an account.</p>
<p class="actions"><a href="guides/logins-from-express.html">First steps</a><a href="reference/index.html">API references</a><a href="typescript/index.html">TypeScript</a></p>
</div><div>
<p>Add it to a project:</p>
${markdown.code(firstWith(shell, 'npm install tallywire'), 'sh')}
<p>Or, with the sources at hand, see the main job done against the emulator, and then every test:</p>
${markdown.code(firstWith(shell, 'npm ci').replaceAll(/ +#.*/g, ''), 'sh')}
</div></div>
${shown.join('\n')}
<div class="whole-site">
${groups.map(listOf).join('\n')}
</div>`;
  return {
    path: 'index.html',
    section: 'Project',
    title: 'tallywire: usage in, metrics out',
    description:
      'Typed, dependable TypeScript clients for Reo.Dev product usage and Reportei Connect metrics, and a local emulator of both.',
    body,
    headings: [],
    isHidden: true,
  };
};
