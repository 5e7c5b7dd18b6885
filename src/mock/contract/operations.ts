import type { IHttpOperation } from '@stoplight/types';
import { readOperations, type DocumentName } from './documents.ts';

/** One operation of a contract. */
export interface Operation {
  readonly id: string;
  readonly api: DocumentName;
  /** In capitals. */
  readonly method: string;
  readonly http: IHttpOperation;
  readonly segments: readonly Segment[];
}

/** A part of a path template: a word that has to be there, or a parameter. */
type Segment = { readonly word: string } | { readonly param: string };

/** What a request was found to ask for. */
export type Routed =
  | { readonly operation: Operation; readonly params: Readonly<Record<string, string>> }
  /** The methods that the path has, none if there is no such path. */
  | { readonly allowed: readonly string[] };

/** The operations of some contracts, those with fewer parameters first: `/settings` before `/{uuid}`. */
export function loadOperations(...names: readonly DocumentName[]): Operation[] {
  return names
    .flatMap((api) =>
      readOperations(api).map((http): Operation => ({
        id: http.iid ?? '',
        api,
        method: http.method.toUpperCase(),
        http,
        segments: http.path.split('/').map(segmentOf),
      })),
    )
    .toSorted((a, b) => paramCount(a) - paramCount(b));
}

/** Finds the operation of a request; `path` is percent-encoded still. */
export function route(operations: readonly Operation[], method: string, path: string): Routed {
  const parts = path.split('/');
  const allowed: string[] = [];
  for (const operation of operations) {
    const params = paramsOf(operation.segments, parts);
    if (!params) continue;
    if (operation.method === method) return { operation, params };
    allowed.push(operation.method);
  }
  return { allowed };
}

function paramsOf(
  segments: readonly Segment[],
  parts: readonly string[],
): Record<string, string> | undefined {
  if (segments.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [i, segment] of segments.entries()) {
    const part = parts[i] ?? '';
    if ('param' in segment) {
      if (part === '') return undefined;
      params[segment.param] = decodeURIComponent(part);
    } else if (segment.word !== part) return undefined;
  }
  return params;
}

function segmentOf(text: string): Segment {
  const param = /^\{(.+)\}$/.exec(text)?.[1];
  return param === undefined ? { word: text } : { param };
}

const paramCount = ({ segments }: Operation): number =>
  segments.filter((one) => 'param' in one).length;
