import type { operations as Connect } from '../../generated/reportei.ts';
import type { operations as Reo } from '../../generated/reo.ts';
import type { Clock } from './clock.ts';
import type { Catalog } from './data/catalog.ts';
import type { Ask } from './data/remembered.ts';
import type { Reply } from './exchange.ts';
import type { State } from './state.ts';
import type { Usage } from './usage.ts';
import type { Webhooks } from './webhooks/queue.ts';
import type { FaultRule, Settings } from './schemas.ts';

/** What a behaviour may look at and change, besides the call itself. */
export interface World {
  readonly state: State;
  readonly usage: Usage;
  readonly clock: Clock;
  readonly settings: () => Settings;
  readonly webhooks: Webhooks;
  /** The metrics that exist, where that was said. */
  readonly catalog: Catalog | undefined;
  readonly ask: Ask;
}

type Operations = Reo & Connect;
export type OperationId = keyof Operations;

type JsonBody<Body> = { readonly content: { readonly 'application/json': Body } };

/** The body that the contract of an operation lets through. */
export type BodyOf<Id extends keyof Table, Table = Operations> = Table[Id] extends {
  readonly requestBody: JsonBody<infer Body>;
}
  ? Body
  : Table[Id] extends { readonly requestBody?: JsonBody<infer Body> }
    ? Body | undefined
    : undefined;

/** A request that its contract and its credentials have let through. */
export interface Call<Body = unknown> {
  /** What stands in the place of `{name}` in the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
  /** The fault that hits it, whose parts on metrics and webhooks are the behaviour's to see to. */
  readonly fault?: FaultRule | undefined;
}

/** What an operation does. Knows nothing of sockets, JSON text, credentials or schemas. */
export type Behaviour<Id extends OperationId> = (call: Call<BodyOf<Id>>, world: World) => Reply;

/** The behaviours of some operations. */
export type Behaviours<Id extends OperationId> = { readonly [One in Id]: Behaviour<One> };
