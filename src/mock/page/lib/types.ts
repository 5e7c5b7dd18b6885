/** The control API's shapes under short names. */
import type { components } from '../../../../generated/emulator.ts';

type Schemas = components['schemas'];

export type Summary = Schemas['RequestSummary'];
export type Entry = Schemas['RequestEntry'];
export type Message = Schemas['Message'];
export type Violation = Schemas['Violation'];
export type Usage = Schemas['UsageSummary'];
export type UsageTotals = Schemas['UsageTotals'];
export type Webhook = Schemas['Webhook'];
export type WebhookSummary = Schemas['WebhookSummary'];
export type Fault = Schemas['Fault'];
export type FaultRule = Schemas['FaultRule'];
export type Settings = Schemas['Settings'];
export type SettingsChange = Schemas['SettingsChange'];
export type Clock = Schemas['Clock'];
export type ClockMove = Schemas['ClockMove'];
export type Health = Schemas['Health'];
export type State = Schemas['State'];
export type Part = Schemas['Part'];
