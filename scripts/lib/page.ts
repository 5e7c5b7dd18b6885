/**
 * Makes the emulator's page: one HTML file with its style and its script inside it, which may load
 * nothing and speak to nobody but the emulator that serves it.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { root } from './run.ts';

const folder = join(root, 'src/mock/page');

/** Our own style sheets hold no text in which a space or a comment would count. */
const minifyCss = (css: string): string =>
  css
    .replaceAll(/\/\*[^]*?\*\//g, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ?([{};,]) ?/g, '$1')
    .replaceAll(/: /g, ':')
    .replaceAll(';}', '}')
    .trim();

const bundleStyle = async (): Promise<string> => {
  const files = (await readdir(join(folder, 'style'))).toSorted();
  const sheets = await Promise.all(
    files.map((file) => readFile(join(folder, 'style', file), 'utf8')),
  );
  return minifyCss(sheets.join('\n'));
};

interface Script {
  readonly code: string;
  readonly modules: readonly string[];
}

const bundleScript = async (): Promise<Script> => {
  const build = await rolldown({
    input: join(folder, 'main.tsx'),
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

const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='M3 2v12M6 2v12M9 2v12M12 2v12M1 12 14 4' stroke='%234a7be0' stroke-width='1.6'/%3E%3C/svg%3E";

/** The page, and the modules that it is made of. */
export const makePage = async (): Promise<{
  readonly html: string;
  readonly modules: readonly string[];
}> => {
  const [style, { code, modules }] = await Promise.all([bundleStyle(), bundleScript()]);
  const policy = [
    "default-src 'none'",
    `script-src ${hash(code)}`,
    `style-src ${hash(style)}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>tallywire emulator</title>
<link rel="icon" href="${icon}">
<style>${style}</style>
<body><noscript>This page needs JavaScript; the same is at <a href="requests">requests</a>.</noscript><script>${code}</script></body>
</html>
`;
  return { html, modules };
};
