import type { paths } from '../../generated/reportei.ts';
import type { Core } from '../http/core.ts';

/** The shared core, typed by Connect's document. */
export type ConnectCore = Core<paths>;
