// @scalar/mock-server on a document: node scalar-server.mjs <where it is installed> <document> <port>
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [folder, document, port] = process.argv.slice(2);
const require = createRequire(`${folder}/package.json`);
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const { createMockServer } = await load('@scalar/mock-server');
const { serve } = await load('@hono/node-server');

const app = await createMockServer({ document: readFileSync(document, 'utf8'), logger: false });
serve({ fetch: app.fetch, port: Number(port), hostname: '127.0.0.1' });
