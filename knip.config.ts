import type { KnipConfig } from 'knip';

const config: KnipConfig = {
  entry: [
    'src/{index,reo/index,reportei/index,reportei/callbacks/index,mock/index,testing/index,cli/main}.ts',
    'src/tracker/{index,exit,domain,lmdb/index,bullmq/index,otel/index}.ts',
    'src/mock/page/main.tsx',
    'src/cli/report-page/main.ts',
    'src/site/script/{main,search}.ts',
    'src/site/console/main.ts',
    // What package.json offers as `#transport` and `#lmdb-outbox`, and one that the build puts in.
    'src/http/transport-*.ts',
    'src/tracker/lmdb-elsewhere.ts',
    'src/mock/contract/prepared.ts',
    'scripts/*.ts',
    'test/**/*.{test,test-d}.ts',
    'test/bench/*.{ts,mjs}',
    // Run as programs of their own.
    'test/support/callbacks-{app,processes}.ts',
  ],
  project: ['src/**/*.{ts,tsx}', 'scripts/**/*.ts', 'test/**/*.{ts,mjs}'],
  ignoreDependencies: [
    // Run as programs.
    '@arethetypeswrong/cli',
    '@hey-api/openapi-ts',
    '@stoplight/prism-cli',
    'publint',
    // Weighed by name.
    'openai',
    'stripe',
    // Imported by a name that no bundler follows.
    'lmdb',
  ],
  // Of the system.
  ignoreBinaries: ['mkfifo', 'mount', 'umount', 'unshare'],
  ignoreExportsUsedInFile: true,
  rules: { duplicates: 'off' },
};

export default config;
