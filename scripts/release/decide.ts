import { compareVersions } from '../lib/compare-versions.ts';
import type { Unreleased } from './changelog.ts';
import { isEnough, isVersion, larger, next, demanded, type Step } from './version.ts';

export interface DocumentChange {
  readonly file: string;
  /** What `redocly diff` asks for. */
  readonly step: Step;
  /** Its own `info.version` in the last release, unless it is new there; and now, unless it is gone. */
  readonly from?: string;
  readonly to?: string;
}

/** Lines of the API report that the last release has and this one has not, and the other way round. */
export interface ApiChange {
  readonly gone: readonly string[];
  readonly added: readonly string[];
}

export interface Facts {
  /** As asked for: a version, or a step. */
  readonly wanted: string;
  /** In package.json. */
  readonly current: string;
  /** All versions that a tag names. */
  readonly tagged: readonly string[];
  /** The last one before this; none for the first release. */
  readonly last?: string;
  readonly branch: string;
  /** Paths that differ from the last commit. */
  readonly dirty: readonly string[];
  readonly unreleased: Unreleased;
  readonly documents: readonly DocumentChange[];
  readonly api: ApiChange;
  /** Somebody looked at what the API has lost, and says that nobody's program breaks by it. */
  readonly isCompatible: boolean;
}

export interface Decision {
  readonly version: string;
  /** Why there is no release, each with what to do. */
  readonly refusals: readonly string[];
  /** What was looked at, for whoever releases. */
  readonly notes: readonly string[];
}

const isStep = (text: string): text is Step => /^(major|minor|patch)$/.test(text);

const some = (lines: readonly string[], count = 5): string =>
  [...lines.slice(0, count), ...(lines.length > count ? [`and ${lines.length - count} more`] : [])]
    .map((line) => `\n    ${line.trim()}`)
    .join('');

/** The only one whose tags are published. */
const releaseBranch = 'main';

const refuseState = ({ branch, dirty }: Facts): string[] => [
  ...(dirty.length > 0
    ? [`The tree is dirty: commit it, or put it aside with \`git stash -u\`.${some(dirty)}`]
    : []),
  ...(branch === releaseBranch
    ? []
    : [
        `This is branch "${branch}": release from "${releaseBranch}" (\`git switch ${releaseBranch}\`).`,
      ]),
];

const refuseVersion = ({ wanted, current, tagged, last }: Facts, version: string): string[] => {
  if (!isVersion(version)) {
    return [
      `"${wanted}" is no version: say major, minor, patch, or one like ${next(current, 'minor')}.`,
    ];
  }
  if (tagged.includes(version)) {
    return [`v${version} is released: say the next, ${next(version, 'patch')} or later.`];
  }
  const isLater =
    last === undefined
      ? compareVersions(version, current) >= 0
      : compareVersions(version, last) > 0;
  return isLater
    ? []
    : [`${version} is before ${last ?? current}: say ${next(last ?? current, 'patch')} or later.`];
};

const refuseChangelog = ({ unreleased, api }: Facts): string[] => {
  if (!/^\s*[-*] /m.test(unreleased.text)) {
    return ['[Unreleased] in CHANGELOG.md is empty: say there what users get by this release.'];
  }
  const has = (...kinds: readonly string[]): boolean =>
    unreleased.kinds.some((kind) => kinds.includes(kind));
  if (api.gone.length > 0 && !has('Changed', 'Removed')) {
    return [
      `The public API has changed, and [Unreleased] in CHANGELOG.md has no entry under "Changed" or "Removed" about it:${some(api.gone)}`,
    ];
  }
  if (api.added.length > 0 && !has('Added', 'Changed', 'Deprecated', 'Removed')) {
    return [
      `The public API has grown, and [Unreleased] in CHANGELOG.md has no entry under "Added" or "Changed" about it:${some(api.added)}`,
    ];
  }
  return [];
};

const refuseDocument = ({ file, step, from, to }: DocumentChange): string[] => {
  if (from === undefined || to === undefined) return [];
  if (!isVersion(from) || !isVersion(to)) {
    return [
      `The info.version of ${file} is no version like 1.2.3: "${from}", now "${to}". Set it right.`,
    ];
  }
  if (isEnough(from, to, step)) return [];
  const enough = next(from, demanded(step, from));
  return [
    `${file} has changed by a ${step} step as \`redocly diff\` sees it: set its info.version, which is ${to}, to ${enough} at least.`,
  ];
};

const apiStep = ({ api, isCompatible }: Facts): Step => {
  if (api.gone.length > 0) return isCompatible ? 'minor' : 'major';
  return api.added.length > 0 ? 'minor' : 'none';
};

/** The package brings the documents along: it grows at least as much as each of them. */
const refuseStep = (facts: Facts, version: string): string[] => {
  const { last, documents, api } = facts;
  if (last === undefined || !isVersion(version) || compareVersions(version, last) <= 0) return [];
  const ofDocuments = documents.reduce<Step>(
    (step, document) => larger(step, document.step),
    'none',
  );
  const ofApi = apiStep(facts);
  const step = larger(ofDocuments, ofApi);
  if (isEnough(last, version, step)) return [];
  const why = [
    ...(isEnough(last, version, ofDocuments)
      ? []
      : documents.filter((document) => document.step === ofDocuments).map(({ file }) => file)),
    ...(isEnough(last, version, ofApi)
      ? []
      : [ofApi === 'major' ? 'what the API has lost or changed' : 'what the API has gained']),
  ];
  const breaks =
    ofApi === 'major' && !isEnough(last, version, ofApi)
      ? `${some(api.gone)}\n    If none of that breaks a user's program, say --compatible.`
      : '';
  return [
    `${version} is too small a step from ${last} for ${why.join(' and ')}: release ${next(last, demanded(step, last))} at least.${breaks}`,
  ];
};

const notesOf = ({ last, documents, api }: Facts): string[] =>
  last === undefined
    ? ['This is the first release: there is no tag v* to compare documents and API with.']
    : [
        ...documents.map(({ file, step, from, to }) =>
          from === undefined || to === undefined
            ? `${file} is ${from === undefined ? 'new' : 'gone'}`
            : `${file}: ${step}, ${from} → ${to}`,
        ),
        `API since ${last}: ${api.gone.length} lines gone, ${api.added.length} added`,
      ];

/** Whether there can be a release, and which. */
export const decide = (facts: Facts): Decision => {
  const { wanted, current, last } = facts;
  const version = isStep(wanted) ? next(last ?? current, wanted) : wanted.replace(/^v/, '');
  return {
    version,
    refusals: [
      ...refuseState(facts),
      ...refuseVersion(facts, version),
      ...refuseChangelog(facts),
      ...facts.documents.flatMap(refuseDocument),
      ...refuseStep(facts, version),
    ],
    notes: notesOf(facts),
  };
};
