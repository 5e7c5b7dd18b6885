import { register } from 'node:module';
import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Lets Node that cannot read TypeScript take `.ts` files for what `tallywire types` writes: plain
 * JavaScript. Data URLs are the one way to a hook that survives bundling.
 */
const HOOKS = `
import { readFile } from 'node:fs/promises';
export const load = async (url, context, next) =>
  /^file:.*\\.m?ts$/.test(url)
    ? { format: 'module', source: await readFile(new URL(url)), shortCircuit: true }
    : next(url, context);
`;

let isHooked = false;

const readsTypeScript = (): boolean =>
  Boolean((process.features as { readonly typescript?: unknown }).typescript);

/**
 * What a module exports.
 *
 * @throws Error in a sentence or two, without a stack.
 */
export async function loadModule(file: string): Promise<Readonly<Record<string, unknown>>> {
  const isTypeScript = /^\.[mc]?ts$/.test(extname(file));
  if (isTypeScript && !readsTypeScript() && !isHooked) {
    register(`data:text/javascript,${encodeURIComponent(HOOKS)}`);
    isHooked = true;
  }
  try {
    return (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw new Error(`cannot load ${file}: ${reasonOf(cause, isTypeScript)}`, { cause });
  }
}

function reasonOf(cause: unknown, isTypeScript: boolean): string {
  const { code, message, name } = cause as { code?: string; message?: string; name?: string };
  const text = message ?? String(cause);
  if (code === 'ERR_MODULE_NOT_FOUND' && /package 'tallywire['/]/.test(text)) {
    return 'it imports tallywire, which is not installed beside it: npm install tallywire';
  }
  if (name === 'SyntaxError' && isTypeScript && !readsTypeScript()) {
    return (
      `${text} (TypeScript's own syntax needs Node 22.18 or later, this is ${process.version}; ` +
      'what "tallywire types" writes needs none)'
    );
  }
  return text;
}
