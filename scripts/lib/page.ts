/**
 * Makes the pages: HTML files with their style and their script inside them, which may load nothing.
 * The emulator's speaks to the emulator that serves it, that of a report to nobody.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { collectNotices } from './notices.ts';
import { root } from './run.ts';

/** Our own style sheets hold no text in which a space or a comment would count. */
const minifyCss = (css: string): string =>
  css
    .replaceAll(/\/\*[^]*?\*\//g, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ?([{};,]) ?/g, '$1')
    .replaceAll(/: /g, ':')
    .replaceAll(';}', '}')
    .trim();

/** The sheets of a page, behind what all pages look like in common. */
export const bundleStyle = async (folder: string): Promise<string> => {
  const own = (await readdir(join(folder, 'style'))).toSorted();
  const files = ['src/look/tokens.css', ...own.map((file) => join(folder, 'style', file))];
  const sheets = await Promise.all(files.map((file) => readFile(resolve(root, file), 'utf8')));
  return minifyCss(sheets.join('\n'));
};

export interface Script {
  readonly code: string;
  readonly modules: readonly string[];
}

export const bundleScript = async (entry: string): Promise<Script> => {
  const build = await rolldown({
    input: entry,
    cwd: root,
    platform: 'browser',
    transform: {
      target: 'es2023',
      define: { 'process.env.NODE_ENV': '"production"' },
    },
  });
  const { output } = await build.generate({
    format: 'iife',
    minify: true,
    comments: { legal: false },
  });
  await build.close();
  const [chunk] = output;
  // The parser of HTML knows nothing of strings in a script.
  return { code: chunk.code.trim().replaceAll('</script', '<\\/script'), modules: chunk.moduleIds };
};

const hash = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

export const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='M3 2v12M6 2v12M9 2v12M12 2v12M1 12 14 4' stroke='%234a7be0' stroke-width='1.6'/%3E%3C/svg%3E";

/** A page, and the modules that it is made of. */
export interface MadePage {
  readonly html: string;
  readonly modules: readonly string[];
}

interface Parts {
  readonly folder: string;
  readonly main: string;
  readonly title: string;
  /** What the policy allows beyond the page's own style and script. */
  readonly allow: readonly string[];
  readonly head: string;
  readonly body: string;
}

const assemble = async ({ folder, main, ...parts }: Parts): Promise<MadePage> => {
  const [style, { code, modules }] = await Promise.all([
    bundleStyle(folder),
    bundleScript(join(folder, main)),
  ]);
  const policy = [
    "default-src 'none'",
    `script-src ${hash(code)}`,
    `style-src ${hash(style)}`,
    ...parts.allow,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${parts.title}</title>
${parts.head}<style>${style}</style>
<body>${parts.body}<script>${code}</script></body>
</html>
`;
  return { html, modules };
};

/** The emulator's page. */
export const makePage = (): Promise<MadePage> =>
  assemble({
    folder: join(root, 'src/mock/page'),
    main: 'main.tsx',
    title: 'tallywire emulator',
    allow: ["connect-src 'self'", 'img-src data:'],
    head: `<link rel="icon" href="${icon}">\n`,
    body: '<noscript>This page needs JavaScript; the same is at <a href="requests">requests</a>.</noscript>',
  });

/**
 * The page of a report, with room for one: `src/cli/report/html.ts` fills it. People pass reports on,
 * so the notices of what is inside go with each.
 */
export const makeReportPage = async (): Promise<MadePage> => {
  const { html, modules } = await assemble({
    folder: join(root, 'src/cli/report-page'),
    main: 'main.ts',
    title: '<!--title-->',
    allow: ['img-src data:'],
    head: `<link rel="icon" href="data:,">\n`,
    body: '<!--report--><!--data-->',
  });
  const notices = collectNotices();
  notices.add(modules);
  const text = (await notices.text())
    .replace('this folder is', 'this page are')
    .replaceAll(/-{3,}\n+/g, '')
    .replaceAll('-->', '--&gt;');
  return { html: `${html}<!--\n${text.trim()}\n-->\n`, modules };
};
