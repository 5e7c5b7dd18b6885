import type { components, operations } from '../../generated/emulator.ts';

// What the control API's document describes, under the names of the code. Public declarations lead
// here, and no further: what the emulator is built on is no dependency of the package.

type Schemas = components['schemas'];

/** When calls fail, and how. */
export type FaultRule = Schemas['FaultRule'];
/** A rule that the emulator knows, and how often it was used. */
export type Fault = Schemas['Fault'];
/** How the emulator decides what the vendors' documents leave open. */
export type Settings = Required<Schemas['Settings']>;
/** All that a restored emulator needs to answer alike. */
export type Snapshot = Schemas['Snapshot'];
/** A part of what the emulator remembers. */
export type Part = Schemas['Part'];
/** A webhook with its body and every attempt to deliver it. */
export type Webhook = Schemas['Webhook'];
/** A webhook without its body. */
export type WebhookSummary = Schemas['WebhookSummary'];
/** What a fault does to a webhook. */
export type WebhookFault = Schemas['WebhookFault'];
/** A request and its answer, with headers and bodies. */
export type RequestEntry = Schemas['RequestEntry'];
/** A request in short. */
export type RequestSummary = Schemas['RequestSummary'];
/** What the control API answers when it is asked for requests: how many fit, and the latest of them. */
export type RequestList = Schemas['RequestList'];
/** Which requests: all that fit every field. */
export type RequestFilter = Omit<
  NonNullable<operations['listRequests']['parameters']['query']>,
  'limit' | 'view' | 'wait_for' | 'timeout'
>;
