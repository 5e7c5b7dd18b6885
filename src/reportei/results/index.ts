export { cellNumber, cellText } from './cells.ts';
export type {
  AnyResult,
  AnySeries,
  Cell,
  CellObject,
  ChartResult,
  Comparison,
  CustomResult,
  DatatableResult,
  MetricFailure,
  NamedSeries,
  NumberResult,
  Outcome,
  Outcomes,
  Points,
  Results,
  Row,
} from './results.ts';
