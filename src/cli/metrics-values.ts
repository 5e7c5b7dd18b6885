import { InvalidArgumentError } from 'commander';
import type { CompareName, Duration, Period } from '../reportei/index.ts';

/** Readers of option values. Each throws `InvalidArgumentError` with a sentence for people. */

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** @throws InvalidArgumentError unless each is a UUID. */
export function checkUuids(uuids: readonly string[]): readonly string[] {
  if (uuids.length > 0 && uuids.every((one) => UUID.test(one))) return uuids;
  throw new InvalidArgumentError('An integration is named by its UUID.');
}

/** Integrations: with commas between them, or the option again. */
export const parseIntegrations = (
  text: string,
  before: readonly string[] = [],
): readonly string[] => [...before, ...checkUuids(text.split(',').map((one) => one.trim()))];

const NAMES: readonly string[] = ['previous-period', 'previous-year'] satisfies CompareName[];

/** What to compare with: a name, or two days as `2024-07-01..2024-07-31`. */
export function parseCompare(text: string): CompareName | Period {
  if (NAMES.includes(text)) return text as CompareName;
  const [, start, end] = /^(\S+?)\.\.(\S+)$/.exec(text.trim()) ?? [];
  if (start !== undefined && end !== undefined) return { start, end };
  throw new InvalidArgumentError(
    'Write previous-period, previous-year, or two days as 2024-07-01..2024-07-31.',
  );
}

export function parseCount(text: string): number {
  const count = Number(text);
  if (/^\d{1,6}$/.test(text) && count > 0) return count;
  throw new InvalidArgumentError('It is a whole number, 1 or more.');
}

/** Milliseconds, or a text such as `90s`. */
export function parseDeadline(text: string): Duration {
  if (/^\d+$/.test(text)) return Number(text);
  if (/^\d+(\.\d+)?(ms|s|m|h)$/.test(text)) return text as Duration;
  throw new InvalidArgumentError('Write it as 90s or 5m, for example.');
}

export const FORMATS = ['table', 'json', 'ndjson', 'csv', 'html'] as const;

export type Format = (typeof FORMATS)[number];

const ENDINGS: Readonly<Record<string, Format>> = {
  json: 'json',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  csv: 'csv',
  html: 'html',
  htm: 'html',
  txt: 'table',
};

/** The format that a file's name promises. */
export const formatOf = (file: string): Format | undefined =>
  ENDINGS[/\.(\w+)$/.exec(file)?.[1]?.toLowerCase() ?? ''];
