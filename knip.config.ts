import type { KnipConfig } from 'knip';

const config: KnipConfig = {
  entry: [
    'src/{index,reo/index,reportei/index,mock/index,cli/main}.ts',
    'src/mock/page/main.tsx',
    // Two modules that package.json offers as `#transport`.
    'src/http/transport-*.ts',
    'scripts/*.ts',
    'test/**/*.{test,test-d}.ts',
    'test/bench/*.{ts,mjs}',
  ],
  project: ['src/**/*.{ts,tsx}', 'scripts/**/*.ts', 'test/**/*.{ts,mjs}'],
  ignoreDependencies: [
    // Run as programs.
    '@arethetypeswrong/cli',
    '@stoplight/prism-cli',
    'publint',
    // Types of Prism's logger, declared in src/mock/vendor.d.ts as far as they are needed.
    'pino',
  ],
  ignoreExportsUsedInFile: true,
  rules: { duplicates: 'off' },
};

export default config;
