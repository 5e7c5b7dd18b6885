import { mustRun } from '../../scripts/lib/run.ts';

/** Sees to it that dist/ is what the sources make. `npm test` has done so already. */
export const buildPackage = async (): Promise<void> => {
  if (process.env.IS_BUILT !== undefined) return;
  await mustRun(process.execPath, ['--import', 'tsx', 'scripts/build.ts', '--if-needed']);
};
