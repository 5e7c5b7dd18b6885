import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { MockServerOptions } from '../../src/mock/index.ts';
import type { Answer } from '../../src/testing/answers.ts';
import { hostileServer } from '../../src/testing/hostile-server.ts';
import { startTested, type Answered, type Sent } from '../unit/mock/support.ts';

let folder: string;
/** A file of recordings for each test, in a folder of its own. */
export const theFile = (): string => join(folder, 'answers.ndjson');
export const theFolder = (): string => folder;

/** Makes the folder for the tests of a file, and removes it. */
export function inFolder(): void {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'recordings-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
}

export const lines = (): string[] => readFileSync(theFile(), 'utf8').split('\n').filter(Boolean);

/** Records what a server answers to these calls. */
export async function recorded(
  behaviours: readonly [Answer, ...Answer[]],
  ...calls: readonly (readonly [string, Sent])[]
): Promise<void> {
  await using vendor = await hostileServer(...behaviours);
  const upstream = { reo: vendor.url, reportei: vendor.url };
  await using proxy = await startTested({ upstream, record: theFile() });
  for (const [what, sent] of calls) await proxy.call(what, sent);
}

export async function replayed(
  what: string,
  sent: Sent,
  options: MockServerOptions = {},
): Promise<Answered & { readonly source: string | undefined }> {
  await using mock = await startTested({ replay: theFile(), ...options });
  const answer = await mock.call(what, sent);
  return { ...answer, source: mock.requests.list()[0]?.source };
}
