/** Files of a folder over HTTP, and nothing beside it. */
import { createReadStream, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.yaml': 'application/yaml; charset=utf-8',
};

/** Where below the folder a path leads, or `undefined` if it leads out of it or is none. */
const placeOf = (folder: string, path: string): string | undefined => {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return undefined;
  }
  if (/[\0\\]/.test(decoded)) return undefined;
  const place = join(folder, decoded);
  return place === folder || place.startsWith(folder + sep) ? place : undefined;
};

const statOf = (path: string): Promise<Stats | undefined> => stat(path).catch(() => undefined);

export const answerText = (
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void => {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...headers });
  response.end(`${text}\n`);
};

/** Answers with the file at a path, which begins with a slash, as the browser asks for it. */
export const answerFile = async (
  request: IncomingMessage,
  response: ServerResponse,
  folder: string,
  path: string,
): Promise<void> => {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return answerText(response, 405, 'Only GET and HEAD', { allow: 'GET, HEAD' });
  }
  const place = placeOf(folder, path);
  const isFolder = place !== undefined && (await statOf(place))?.isDirectory() === true;
  if (isFolder && !path.endsWith('/')) {
    // Or its relative links would lead elsewhere.
    const name = path.slice(path.lastIndexOf('/') + 1);
    return answerText(response, 307, 'It is a folder', { location: `./${name}/` });
  }
  const file = isFolder ? join(place, 'index.html') : place;
  const found = file === undefined ? undefined : await statOf(file);
  if (file === undefined || !found?.isFile()) return answerText(response, 404, 'Not found');
  response.writeHead(200, {
    'content-type': types[extname(file)] ?? 'application/octet-stream',
    'content-length': `${found.size}`,
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
  });
  if (request.method === 'HEAD') response.end();
  else await pipeline(createReadStream(file), response);
};
