import { fileURLToPath } from 'node:url';
import { createLogger } from '@stoplight/prism-core';
import { getHttpOperationsFromSpec } from '@stoplight/prism-http';
import { createServer } from '@stoplight/prism-http-server';

export interface PlainPrism extends AsyncDisposable {
  readonly url: string;
}

/** Prism as its own CLI builds it: a mock, or with `upstream` a proxy with `--errors`. */
export async function startPrism(name: 'reo' | 'reportei', upstream?: string): Promise<PlainPrism> {
  const file = fileURLToPath(new URL(`../../openapi/${name}.yaml`, import.meta.url));
  const shared = {
    validateRequest: true,
    validateResponse: true,
    checkSecurity: true,
    upstreamProxy: undefined,
    mock: { dynamic: false, ignoreExamples: false },
  };
  const server = createServer(await getHttpOperationsFromSpec(file), {
    cors: true,
    config:
      upstream === undefined
        ? { ...shared, errors: false, isProxy: false }
        : { ...shared, errors: true, isProxy: true, upstream: new URL(upstream) },
    components: { logger: createLogger('PRISM', { level: 'silent' }) },
  });
  const url = await server.listen(0, '127.0.0.1');
  return { url, [Symbol.asyncDispose]: () => server.close() };
}
