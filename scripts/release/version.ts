import { compareVersions } from '../lib/compare-versions.ts';

/** How much a version grows, or how much a change asks for. */
export type Step = 'none' | 'patch' | 'minor' | 'major';

const steps: readonly Step[] = ['none', 'patch', 'minor', 'major'];

export const larger = (a: Step, b: Step): Step => (steps.indexOf(a) > steps.indexOf(b) ? a : b);

type Numbers = readonly [major: number, minor: number, patch: number];

const numbersOf = (version: string): Numbers => {
  const [, major, minor, patch] = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/.exec(version) ?? [];
  return [Number(major), Number(minor), Number(patch)];
};

/** Releases only: `1.2.3`, without a suffix. */
export const isVersion = (text: string): boolean => numbersOf(text).every(Number.isSafeInteger);

export const next = (version: string, step: Step): string => {
  const [major, minor, patch] = numbersOf(version);
  if (step === 'major') return `${major + 1}.0.0`;
  if (step === 'minor') return `${major}.${minor + 1}.0`;
  return step === 'patch' ? `${major}.${minor}.${patch + 1}` : version;
};

/** What a change asks for in fact: before 1.0.0 a minor step may break, and a patch may add. */
export const demanded = (step: Step, version: string): Step => {
  if (!version.startsWith('0.') || step === 'none') return step;
  return step === 'major' ? 'minor' : 'patch';
};

/** Whether `to` lies as far behind `from` as a change of this step asks for. */
export const isEnough = (from: string, to: string, step: Step): boolean =>
  compareVersions(to, next(from, demanded(step, from))) >= 0;
