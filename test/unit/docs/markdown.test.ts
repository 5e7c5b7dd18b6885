import { beforeAll, describe, expect, it } from 'vitest';
import { createMarkdown, type Markdown } from '../../../scripts/docs/markdown.ts';

let markdown: Markdown;

describe('Markdown of the guides', () => {
  beforeAll(async () => {
    markdown = await createMarkdown();
  });

  it('has a title, a sentence, and headings under ids as GitHub makes them', () => {
    const { title, description, headings } = markdown.render(
      '# Dates\n\nWhat a `period` is.\n\n## Time zones & `UTC`\n\n### DST\n\n### DST\n\n#### Deeper\n',
    );
    expect(title).toBe('Dates');
    expect(description).toBe('What a period is.');
    expect(headings).toEqual([
      { id: 'time-zones--utc', text: 'Time zones & UTC', level: 2 },
      { id: 'dst', text: 'DST', level: 3 },
      { id: 'dst-1', text: 'DST', level: 3 },
    ]);
  });

  it('keeps comments, which drive the tests of samples, from readers', () => {
    const { body } = markdown.render(
      "# A\n\nB\n\n<!-- run\nimport { secret } from './sample.ts';\n-->\n\n```ts\nserve();\n```\n\nand <!-- this --> too",
    );
    expect(body).not.toMatch(/secret|this|<!--/);
    expect(body).toContain('serve');
  });

  it('colours code by variables, under its title, and takes markup in it for text', () => {
    const { body } = markdown.render('```ts title="a.ts"\nconst a = "<b>"; // c\n```\n');
    expect(body).toContain('<div class="code-title">a.ts</div>');
    expect(body).toContain('var(--code-token-keyword)');
    expect(body).toContain('var(--code-token-comment)');
    expect(body).not.toContain('<b>');
    expect(body).not.toMatch(/#[\da-f]{6}/i);
  });

  it('refuses a language that it does not know', () => {
    expect(() => markdown.render('```cobol\nMOVE A TO B\n```\n')).toThrow(/cobol \(ts, /);
  });

  it('lets links be turned into others', () => {
    const { body } = markdown.render('[a](b.md#c "d")', (href) => href.replace('.md', '.html'));
    expect(body).toContain('<a href="b.html#c">a</a>');
  });

  it('lets wide tables scroll inside themselves', () => {
    const { body } = markdown.render('| a |\n| - |\n| b |\n');
    expect(body).toMatch(/<div class="wide"><table>[^]*<\/table><\/div>/);
  });
});
