import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { at } from './processes.ts';

const packages = ['@scalar/mock-server@0.14.4', '@hono/node-server@1.19.6'];
const folder = at('../../.cache/scalar');

/** Where @scalar/mock-server is, fetched at the first use: nothing else needs it. */
export const scalarFolder = (): string => {
  if (!existsSync(`${folder}/node_modules/@scalar/mock-server`)) {
    mkdirSync(folder, { recursive: true });
    const args = ['install', '--prefix', folder, '--no-save', '--ignore-scripts', ...packages];
    execFileSync('npm', args, { stdio: 'inherit' });
  }
  return folder;
};
