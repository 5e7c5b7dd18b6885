import { existsSync } from 'node:fs';
import type { ReadRequest } from '../contract/request.ts';
import type { Reply } from '../exchange.ts';
import { redactText, secretsOf } from '../redact.ts';
import type { Report } from '../report.ts';
import { identify, withIds, withoutIds } from './identity.ts';
import { addRecording, openRecordings, readRecordings } from './recording-file.ts';

/** Answers of the real APIs, to be given again. */
export interface Recordings {
  /** Whether answers are to be given again at all. */
  readonly replays: boolean;
  readonly find: (operation: string, request: ReadRequest) => Reply | undefined;
  readonly record: (operation: string, request: ReadRequest, reply: Reply) => void;
}

export interface RecordingFiles {
  /** Where to write answers, one a line, after those that are there. */
  readonly record: string | undefined;
  /** Where to read answers from. It may be missing if it is also written to. */
  readonly replay: string | undefined;
}

/**
 * Answers in files. What is written holds no keys, nor tokens that are shown once.
 *
 * @throws Error with a sentence for people if a file cannot be used.
 */
export function createRecordings(
  { record: target, replay }: RecordingFiles,
  report: (report: Report) => void,
): Recordings {
  const begins = replay === target && replay !== undefined && !existsSync(replay);
  const recorded = replay === undefined || begins ? [] : readRecordings(replay);
  const known = new Map<string, (typeof recorded)[number]['response']>();
  for (const { key, response } of recorded) {
    // One call with a wrong key must not take the place of the answer.
    const spoils = response.status >= 400 && (known.get(key)?.status ?? 400) < 400;
    if (!spoils) known.set(key, response);
  }
  if (target !== undefined) openRecordings(target);

  return {
    replays: replay !== undefined,
    find: (operation, request) => {
      // A body that cannot be read could be any.
      if (known.size === 0 || request.problem) return undefined;
      const { key, ids } = identify(operation, request);
      const found = known.get(key);
      return found && { ...found, body: withIds(found.body, ids) };
    },
    record: (operation, request, { status, headers = {}, body }) => {
      if (target === undefined || request.problem) return;
      const { key, ids } = identify(operation, request);
      const text = withoutIds(typeof body === 'string' ? body : '', ids);
      const clean = redactText(text, secretsOf(request.headers));
      const response = { status, headers: shownHeaders(headers), body: clean };
      try {
        addRecording(target, { version: 1, operation, key, response });
      } catch (error) {
        const reason = `The answer cannot be recorded in ${target}: ${(error as Error).message}`;
        report({ kind: 'problem', text: reason });
      }
    },
  };
}

const KEPT_HEADERS: ReadonlySet<string> = new Set(['content-type', 'retry-after']);

const shownHeaders = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) => KEPT_HEADERS.has(name) || name.startsWith('x-ratelimit-'),
    ),
  );
