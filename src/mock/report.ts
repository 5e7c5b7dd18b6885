import { createColors } from 'picocolors';
import { summaryOf, type Exchange } from './journal.ts';

/** Something that happened, to be shown to whoever runs the emulator. */
export type Report =
  | { readonly kind: 'request'; readonly entry: Exchange }
  | { readonly kind: 'note' | 'problem'; readonly text: string };

/** A report as one line, which never holds a secret. */
export function formatReport(report: Report, colors: boolean): string {
  const paint = createColors(colors);
  if ('text' in report) return (report.kind === 'note' ? paint.dim : paint.red)(report.text);
  const { method, path, status, ms, fault, source, reason, violations } = summaryOf(report.entry);
  const color =
    status === null || status >= 500 ? paint.red : status >= 400 ? paint.yellow : paint.green;
  const time = paint.dim(`${ms.toFixed(1)} ms`);
  const remarks = [
    reason === null ? '' : color(reason),
    ...violations.map(({ field, problem }) => paint.dim(`(${field} ${problem})`)).slice(0, 3),
    fault === null ? '' : paint.dim(`(fault ${fault})`),
    source === 'upstream' || source === 'recording' ? paint.dim(`(${source})`) : '',
  ].filter(Boolean);
  // The query stays out of it: it may carry what is nobody's business.
  return [`${method.padEnd(6)} ${path} ${color(String(status ?? '---'))} ${time}`, ...remarks].join(
    '  ',
  );
}

/** A report as one line of JSON, for programs. */
export function jsonReport(report: Report): string {
  if ('text' in report) {
    const level = report.kind === 'problem' ? 'error' : 'info';
    return JSON.stringify({ level, kind: report.kind, message: report.text });
  }
  const entry = summaryOf(report.entry);
  const { status } = entry;
  const level = status === null || status >= 500 ? 'error' : status >= 400 ? 'warn' : 'info';
  return JSON.stringify({ level, kind: 'request', ...entry });
}
