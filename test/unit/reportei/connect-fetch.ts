import { createReporteiClient, type FetchLike } from '../../../src/reportei/index.ts';

/** What was asked for, as far as these tests look at it. */
export interface Asked {
  readonly path: string;
  readonly body: {
    readonly metrics: readonly { readonly id: string; readonly reference_key: string }[];
    readonly [field: string]: unknown;
  };
  readonly signal: AbortSignal | null | undefined;
}

type Answer = Response | Promise<Response>;

/** A customer's client on a fetch of our own, and what it was asked. */
export const customerOn = (answer: (asked: Asked, count: number) => Answer) => {
  const asked: Asked[] = [];
  const fetch: FetchLike = async (url, { body, signal }) => {
    const { pathname } = new URL(url);
    const one = { path: pathname, body: JSON.parse(body as string) as Asked['body'], signal };
    asked.push(one);
    return answer(one, asked.length);
  };
  const connect = createReporteiClient({ token: 'merchant', fetch, maxRetries: 0 });
  return { customer: connect.customer('customer'), asked };
};

/** An answer of a number for each metric: the place of its name in the alphabet, `a` is 1. */
export const numbers = ({ body }: Asked): Response =>
  Response.json(
    Object.fromEntries(
      body.metrics.map(({ id, reference_key }) => [
        id,
        { values: reference_key.charCodeAt(0) - 96 },
      ]),
    ),
  );

export const names = (one: Asked | undefined): string =>
  one?.body.metrics.map(({ reference_key }) => reference_key).join('') ?? '';
