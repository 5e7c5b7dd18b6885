import { describe, expect, it } from 'vitest';
import { compareVersions } from '../../../scripts/lib/compare-versions.ts';
import {
  demanded,
  isEnough,
  isVersion,
  next,
  type Step,
} from '../../../scripts/release/version.ts';

describe('versions', () => {
  it.each([
    ['1.2.3', true],
    ['0.0.0', true],
    ['10.20.30', true],
    ['1.2', false],
    ['01.2.3', false],
    ['1.2.3-rc.1', false],
    ['v1.2.3', false],
    ['', false],
    ['1.2.99999999999999999999', false],
  ])('%s is one: %s', (text, expected) => expect(isVersion(text)).toBe(expected));

  it.each<[string, Step, string]>([
    ['1.2.3', 'major', '2.0.0'],
    ['1.2.3', 'minor', '1.3.0'],
    ['1.2.3', 'patch', '1.2.4'],
    ['0.9.9', 'patch', '0.9.10'],
    ['1.2.3', 'none', '1.2.3'],
  ])('after %s a %s step is %s', (from, step, expected) => expect(next(from, step)).toBe(expected));

  it('are ordered by their numbers', () => {
    const sorted = ['0.2.0', '10.0.0', '0.10.0', '9.0.1', '0.9.0'].toSorted(compareVersions);
    expect(sorted).toEqual(['0.2.0', '0.9.0', '0.10.0', '9.0.1', '10.0.0']);
    expect(compareVersions('1.2.3', '1.2.3')).toBe(0);
  });

  it.each<[Step, string, Step]>([
    ['major', '0.3.1', 'minor'],
    ['minor', '0.3.1', 'patch'],
    ['patch', '0.3.1', 'patch'],
    ['none', '0.3.1', 'none'],
    ['major', '1.0.0', 'major'],
    ['minor', '1.0.0', 'minor'],
    ['major', '10.0.0', 'major'],
  ])('a %s change of %s asks for a %s step', (step, version, expected) =>
    expect(demanded(step, version)).toBe(expected),
  );

  it.each<[string, string, Step, boolean]>([
    ['1.2.3', '1.2.4', 'patch', true],
    ['1.2.3', '1.2.4', 'minor', false],
    ['1.2.3', '1.3.0', 'minor', true],
    ['1.2.3', '2.0.0', 'minor', true],
    ['1.2.3', '1.9.0', 'major', false],
    ['0.2.3', '0.3.0', 'major', true],
    ['0.2.3', '0.2.4', 'major', false],
    ['0.2.3', '1.0.0', 'major', true],
    ['1.2.3', '1.2.3', 'none', true],
  ])('from %s to %s is enough for a %s change: %s', (from, to, step, expected) =>
    expect(isEnough(from, to, step)).toBe(expected),
  );
});
