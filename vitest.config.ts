import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    alias: {
      '#transport': at('src/http/transport-node.ts'),
      '#lmdb-outbox': at('src/tracker/lmdb/index.ts'),
    },
  },
  test: {
    // One more than there are cores, not one less as by default: many tests wait for their own programs.
    maxWorkers: availableParallelism() + 1,
    // With full counts a test may take minutes.
    testTimeout: process.env.LONG ? 300_000 : 20_000,
    hookTimeout: 60_000,
    reporters: ['default', at('scripts/lib/closing-line.ts')],
    typecheck: {
      enabled: true,
      include: ['test/types/*.test-d.ts'],
      tsconfig: 'test/types/tsconfig.json',
      checker: at('node_modules/typescript-7/bin/tsc'),
    },
    projects: [
      {
        extends: true,
        test: {
          name: 'inside',
          include: ['test/{contract,faults,unit}/**/*.test.ts'],
          // Half of their time would go into loading the same modules for each file.
          isolate: false,
          typecheck: { enabled: false },
        },
      },
      {
        extends: true,
        test: {
          name: 'outside',
          include: ['test/e2e/**/*.test.ts'],
        },
      },
    ],
  },
});
