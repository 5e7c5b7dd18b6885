import { describe, expect, it } from 'vitest';
import { decide, type Facts } from '../../../scripts/release/decide.ts';

const ready: Facts = {
  wanted: 'patch',
  current: '1.2.3',
  tagged: ['1.2.2', '1.2.3'],
  last: '1.2.3',
  branch: 'main',
  dirty: [],
  unreleased: { text: '### Fixed\n\n- A thing.', kinds: ['Fixed'] },
  documents: [],
  api: { gone: [], added: [] },
  isCompatible: false,
};

const unreleased = (...kinds: readonly string[]): Facts['unreleased'] => ({
  kinds,
  text: kinds.map((kind) => `### ${kind}\n\n- A thing.`).join('\n\n'),
});

const before1: Partial<Facts> = { current: '0.2.3', tagged: ['0.2.3'], last: '0.2.3' };
const { last: _, ...never } = { ...ready, current: '0.1.0', tagged: [] };

const file = 'openapi/reo.yaml';
const gone = ['    readonly url: string;'];
const added = ['    readonly port?: number;'];

describe('a release', () => {
  it.each<[string, Partial<Facts>, string]>([
    ['the next patch', {}, '1.2.4'],
    ['a minor step', { wanted: 'minor' }, '1.3.0'],
    ['a version by its name', { wanted: '1.4.0' }, '1.4.0'],
    ['a version by its tag', { wanted: 'v1.4.0' }, '1.4.0'],
    [
      'a wider API, told of',
      { wanted: 'minor', api: { gone: [], added }, unreleased: unreleased('Added') },
      '1.3.0',
    ],
    [
      'another API, told of',
      { wanted: 'major', api: { gone, added }, unreleased: unreleased('Changed') },
      '2.0.0',
    ],
    [
      'a wider API before 1.0.0',
      { ...before1, api: { gone: [], added }, unreleased: unreleased('Added') },
      '0.2.4',
    ],
    [
      'another API before 1.0.0',
      {
        ...before1,
        wanted: 'minor',
        api: { gone, added: [] },
        unreleased: unreleased('Removed'),
      },
      '0.3.0',
    ],
    [
      'another API that somebody has looked at',
      {
        wanted: 'minor',
        isCompatible: true,
        api: { gone, added },
        unreleased: unreleased('Changed'),
      },
      '1.3.0',
    ],
    [
      'a document that grew as it has to',
      { wanted: 'minor', documents: [{ file, step: 'minor', from: '1.0.0', to: '1.1.0' }] },
      '1.3.0',
    ],
    [
      'a new document',
      { wanted: 'minor', documents: [{ file, step: 'minor', to: '1.0.0' }] },
      '1.3.0',
    ],
  ])('of %s', (_name, facts, version) => {
    expect(decide({ ...ready, ...facts })).toMatchObject({ version, refusals: [] });
  });

  it.each<[string, Partial<Facts>, RegExp]>([
    ['a dirty tree', { dirty: [' M README.md'] }, /dirty: commit it.*\n +M README\.md/],
    ['another branch', { branch: 'fix' }, /branch "fix": .*git switch main/],
    ['what is no version', { wanted: '1.3' }, /"1\.3" is no version: say .* 1\.3\.0/],
    ['a candidate', { wanted: '1.3.0-rc.1' }, /is no version/],
    ['a version that is there', { wanted: '1.2.2' }, /v1\.2\.2 is released: .*1\.2\.3/],
    ['a version of the past', { wanted: '1.0.0' }, /1\.0\.0 is before 1\.2\.3: say 1\.2\.4/],
    ['an empty section', { unreleased: unreleased() }, /\[Unreleased\] .* is empty/],
    [
      'a wider API under "Fixed"',
      { wanted: 'minor', api: { gone: [], added } },
      /API has grown.*"Added".*\n +readonly port/,
    ],
    [
      'another API under "Added"',
      { wanted: 'major', api: { gone, added: [] }, unreleased: unreleased('Added') },
      /API has changed.*"Changed" or "Removed".*\n +readonly url/,
    ],
    [
      'a wider API in a patch',
      { api: { gone: [], added }, unreleased: unreleased('Added') },
      /1\.2\.4 is too small a step from 1\.2\.3 for what the API has gained: release 1\.3\.0/,
    ],
    [
      'another API in a minor step',
      { wanted: 'minor', api: { gone, added: [] }, unreleased: unreleased('Changed') },
      /too small .* lost or changed: release 2\.0\.0(.|\n)*--compatible/,
    ],
    [
      'another API in a patch before 1.0.0',
      { ...before1, api: { gone, added: [] }, unreleased: unreleased('Changed') },
      /release 0\.3\.0/,
    ],
    [
      'a looked-at API in a patch',
      { isCompatible: true, api: { gone, added: [] }, unreleased: unreleased('Changed') },
      /release 1\.3\.0/,
    ],
    [
      'a document that kept its version',
      { documents: [{ file, step: 'patch', from: '1.0.0', to: '1.0.0' }] },
      /openapi\/reo\.yaml has changed by a patch step .* which is 1\.0\.0, to 1\.0\.1/,
    ],
    [
      'a document that breaks, in a minor step of its own',
      {
        wanted: 'major',
        documents: [{ file, step: 'major', from: '1.0.0', to: '1.1.0' }],
      },
      /to 2\.0\.0/,
    ],
    [
      'a document that breaks, in a minor step of the package',
      {
        wanted: 'minor',
        documents: [{ file, step: 'major', from: '1.0.0', to: '2.0.0' }],
      },
      /1\.3\.0 is too small a step from 1\.2\.3 for openapi\/reo\.yaml: release 2\.0\.0/,
    ],
    [
      'a document that is gone, in a patch',
      { documents: [{ file, step: 'major', from: '1.0.0' }] },
      /openapi\/reo\.yaml: release 2\.0\.0/,
    ],
    [
      'a document without a version',
      { documents: [{ file, step: 'patch', from: '1.0.0', to: 'undefined' }] },
      /info\.version of openapi\/reo\.yaml/,
    ],
  ])('is refused for %s', (_name, facts, expected) => {
    const { refusals } = decide({ ...ready, ...facts });
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toMatch(expected);
  });

  it('names everything that is missing at once', () => {
    const facts = { ...ready, dirty: ['?? a'], branch: 'x', unreleased: unreleased() };
    expect(decide(facts).refusals).toHaveLength(3);
  });

  it('may be the first one, of the version that is there', () => {
    for (const [wanted, version] of [
      ['0.1.0', '0.1.0'],
      ['minor', '0.2.0'],
    ] as const) {
      const decision = decide({ ...never, wanted });
      expect(decision).toMatchObject({ version, refusals: [] });
      expect(decision.notes.join()).toMatch(/first release/);
    }
    expect(decide({ ...never, wanted: '0.0.9' }).refusals[0]).toMatch(/before 0\.1\.0/);
  });

  it('says what it compared', () => {
    const documents = [{ file, step: 'minor', from: '1.0.0', to: '1.1.0' }] as const;
    const { notes } = decide({ ...ready, wanted: 'minor', documents });
    expect(notes).toEqual([
      'openapi/reo.yaml: minor, 1.0.0 → 1.1.0',
      'API since 1.2.3: 0 lines gone, 0 added',
    ]);
  });
});
