/** What [Unreleased] says, between its heading and the next one of its level. */
const unreleasedSection = /^## \[Unreleased\][^\n]*\n(.*?)(?=^## |^\[[^\]\n]+\]: |(?![\s\S]))/ims;

export interface Unreleased {
  readonly text: string;
  /** The headings that have something below them, e.g. `Added`. */
  readonly kinds: readonly string[];
}

/** @throws Error for a changelog without such a section. */
export const readUnreleased = (changelog: string): Unreleased => {
  const text = unreleasedSection.exec(changelog)?.[1]?.trim();
  if (text === undefined) throw new Error('CHANGELOG.md has no section "## [Unreleased]"');
  const kinds = text
    .split(/^### /m)
    .slice(1)
    .filter((part) => /\n\s*\S/.test(part))
    .map((part) => (part.split('\n', 1)[0] as string).trim());
  return { text, kinds };
};

/** The changelog with what is unreleased under a version, and an empty [Unreleased] above it. */
export const released = (changelog: string, version: string, date: string): string => {
  const { text } = readUnreleased(changelog);
  return changelog.replace(
    unreleasedSection,
    () => `## [Unreleased]\n\n## [${version}] - ${date}\n\n${text}\n\n`,
  );
};
