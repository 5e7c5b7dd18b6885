export type { CompareName } from './compare.ts';
export { type CalendarDay, type Day, dayIn, type Moment } from './day.ts';
export type { PeriodName } from './named.ts';
export {
  type Bounds,
  type Compare,
  type Period,
  type PeriodOptions,
  resolvePeriod,
  type ResolvedPeriod,
} from './period.ts';
