/** Markdown as the site shows it: highlighted code, headings that can be linked to, tables that scroll. */
import { Marked, type Token, type Tokens, type TokensList } from 'marked';
import { createCssVariablesTheme, createHighlighter } from 'shiki';
import { escapeHtml, textOf } from './html.ts';
import type { Heading } from './site.ts';

/** What a text becomes. */
export interface Rendered {
  readonly title: string;
  /** The first paragraph, as plain text. */
  readonly description: string;
  readonly body: string;
  readonly headings: readonly Heading[];
}

export interface Markdown {
  /** `link` may turn the addresses of links into others. */
  readonly render: (text: string, link?: (href: string) => string) => Rendered;
  /** One piece of code. */
  readonly code: (text: string, language: string, title?: string) => string;
}

const languages = ['ts', 'js', 'sh', 'json', 'yaml', 'dockerfile', 'html', 'diff'] as const;

/** As GitHub makes them, so that links work there too. */
const slugOf = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');

const isComment = ({ type, raw }: Token): boolean =>
  type === 'html' && raw.trimStart().startsWith('<!--');

/** The blocks of a text, without the comments that are for its tests. */
export const blocksOf = (text: string): readonly Token[] =>
  new Marked().lexer(text).filter((token) => !isComment(token));

export const createMarkdown = async (): Promise<Markdown> => {
  // Colours are variables of the style sheet, which knows of light and dark.
  const theme = createCssVariablesTheme({ variablePrefix: '--code-' });
  const highlighter = await createHighlighter({ themes: [theme], langs: [...languages] });

  const code = (text: string, language: string, title?: string): string => {
    if (language !== 'text' && !languages.some((known) => known === language)) {
      throw new Error(
        `no language of the site: ${language} (${[...languages, 'text'].join(', ')})`,
      );
    }
    const html = highlighter.codeToHtml(text, {
      lang: language,
      theme: theme.name ?? '',
      // By default it gives up on a line after half a second, and a busy machine gets other colours.
      tokenizeTimeLimit: 0,
      // Its own colours and its tabindex are for the style sheet and the page's script to say.
      transformers: [{ pre: (node) => void (node.properties = {}) }],
    });
    const caption = title ? `<div class="code-title">${escapeHtml(title)}</div>` : '';
    return `<div class="code">${caption}${html}</div>\n`;
  };

  const render: Markdown['render'] = (text, link = (href) => href) => {
    const headings: Heading[] = [];
    const ids = new Map<string, number>();
    const idOf = (title: string): string => {
      const slug = slugOf(title);
      const seen = ids.get(slug) ?? 0;
      ids.set(slug, seen + 1);
      return seen === 0 ? slug : `${slug}-${seen}`;
    };
    const marked = new Marked({
      renderer: {
        heading({ tokens, depth }) {
          const html = this.parser.parseInline(tokens);
          if (depth === 1) return `<h1>${html}</h1>\n`;
          const title = textOf(html);
          const id = idOf(title);
          if (depth === 2 || depth === 3) headings.push({ id, text: title, level: depth });
          return `<h${depth} id="${id}">${html}<a class="anchor" href="#${id}" aria-label="Link to “${escapeHtml(title)}”">#</a></h${depth}>\n`;
        },
        code({ text, lang = '' }) {
          const [language = ''] = lang.split(' ', 1);
          return code(text, language || 'text', /title="([^"]*)"/.exec(lang)?.[1]);
        },
        link({ href, tokens }) {
          return `<a href="${escapeHtml(link(href))}">${this.parser.parseInline(tokens)}</a>`;
        },
        html: (token) => (isComment(token) ? '' : token.text),
      },
    });
    const blocks: TokensList = marked.lexer(text);
    const isTitle = (token: Token): token is Tokens.Heading =>
      token.type === 'heading' && (token as Tokens.Heading).depth === 1;
    const inline = (token: Token | undefined): string =>
      token && 'tokens' in token ? textOf(marked.Parser.parseInline(token.tokens ?? [])) : '';
    const body = marked
      .parser(blocks)
      .replaceAll('<table>', '<div class="wide"><table>')
      .replaceAll('</table>', '</table></div>');
    return {
      title: inline(blocks.find(isTitle)),
      description: inline(blocks.find(({ type }) => type === 'paragraph')),
      body,
      headings,
    };
  };

  return { render, code };
};
