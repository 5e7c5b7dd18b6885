import { describe, expect, it } from 'vitest';
import { readUnreleased, released } from '../../../scripts/release/changelog.ts';

const head = '# Changelog\n\nAll changes.\n\n';
const old = '## [0.1.0] - 2026-01-01\n\n### Added\n\n- The beginning.\n';
const changelog = `${head}## [Unreleased]\n\n### Added\n\n- A thing: $& and $1.\n\n### Fixed\n\n${old}`;

describe('the changelog', () => {
  it('tells what is unreleased, and of which kinds', () => {
    const { text, kinds } = readUnreleased(changelog);
    expect(text).toBe('### Added\n\n- A thing: $& and $1.\n\n### Fixed');
    // Nothing is below the other one.
    expect(kinds).toEqual(['Added']);
  });

  it('has nothing unreleased right after a release', () => {
    expect(readUnreleased(`${head}## [Unreleased]\n\n${old}`)).toEqual({ text: '', kinds: [] });
    expect(readUnreleased(`${head}## [Unreleased]\n`)).toEqual({ text: '', kinds: [] });
  });

  it('stops where links are defined', () => {
    const links = '[Unreleased]: https://example.com/compare\n';
    expect(readUnreleased(`${head}## [Unreleased]\n\n- One\n\n${links}`).text).toBe('- One');
    expect(released(`${head}## [Unreleased]\n\n- One\n\n${links}`, '1.0.0', 'today')).toBe(
      `${head}## [Unreleased]\n\n## [1.0.0] - today\n\n- One\n\n${links}`,
    );
  });

  it('must have the section', () => {
    expect(() => readUnreleased(head + old)).toThrow('## [Unreleased]');
  });

  it('keeps every word when it is released', () => {
    expect(released(changelog, '0.2.0', '2026-02-03')).toBe(
      `${head}## [Unreleased]\n\n## [0.2.0] - 2026-02-03\n\n### Added\n\n- A thing: $& and $1.\n\n### Fixed\n\n${old}`,
    );
  });

  it('can be released twice', () => {
    const once = released(changelog, '0.2.0', 'then');
    const more = once.replace('## [Unreleased]\n', '## [Unreleased]\n\n### Fixed\n\n- More.\n');
    const twice = released(more, '0.2.1', 'now');
    expect(twice.match(/^## .*/gm)).toEqual([
      '## [Unreleased]',
      '## [0.2.1] - now',
      '## [0.2.0] - then',
      '## [0.1.0] - 2026-01-01',
    ]);
  });
});
