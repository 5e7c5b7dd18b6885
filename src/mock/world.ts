import type { operations as Connect } from '../../generated/reportei.ts';
import type { operations as Reo } from '../../generated/reo.ts';
import type { Reply } from './exchange.ts';
import type { State } from './state.ts';
import type { Webhooks } from './webhooks.ts';

/** What a behaviour may look at and change, besides the call itself. */
export interface World {
  readonly state: State;
  readonly now: () => Date;
  readonly webhooks: Webhooks;
}

type Operations = Reo & Connect;
export type OperationId = keyof Operations;

type JsonBody<Body> = { readonly content: { readonly 'application/json': Body } };

/** The body that the contract of an operation lets through. */
export type BodyOf<Id extends OperationId> = Operations[Id] extends {
  readonly requestBody: JsonBody<infer Body>;
}
  ? Body
  : Operations[Id] extends { readonly requestBody?: JsonBody<infer Body> }
    ? Body | undefined
    : undefined;

/** A request that its contract and its credentials have let through. */
export interface Call<Body = unknown> {
  /** What stands in the place of `{name}` in the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
}

/** What an operation does. Knows nothing of sockets, JSON text, credentials or schemas. */
export type Behaviour<Id extends OperationId> = (call: Call<BodyOf<Id>>, world: World) => Reply;

/** The behaviours of some operations. */
export type Behaviours<Id extends OperationId> = { readonly [One in Id]: Behaviour<One> };
