import { createColors } from 'picocolors';
import { summaryOf, type Exchange, type RequestSummary } from './journal.ts';

/** Something that happened, to be shown to whoever runs the emulator. */
export type Report =
  | { readonly kind: 'request'; readonly entry: Exchange }
  | { readonly kind: 'note' | 'problem'; readonly text: string };

/** A report as one line, which never holds a secret. */
export function formatReport(report: Report, colors: boolean): string {
  const paint = createColors(colors);
  if ('text' in report) return (report.kind === 'note' ? paint.dim : paint.red)(report.text);
  const { method, path, status, ms, fault, source, reason } = lineOf(report.entry);
  const color =
    status === null || status >= 500 ? paint.red : status >= 400 ? paint.yellow : paint.green;
  const time = paint.dim(`${ms.toFixed(1)} ms`);
  const remarks = [
    reason === null ? '' : color(reason),
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
  if ('text' in report) return JSON.stringify({ level: report.kind, message: report.text });
  const { violations: _violations, ...entry } = lineOf(report.entry);
  return JSON.stringify({ level: 'request', ...entry });
}

/** What a line needs, without credentials and line breaks. */
function lineOf(entry: Exchange): RequestSummary {
  const summary = summaryOf(entry);
  return { ...summary, reason: summary.reason?.replace(/\s+/g, ' ') ?? null };
}
