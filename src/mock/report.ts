import { createColors } from 'picocolors';

/** Something that happened, to be shown to whoever runs the emulator. Never holds a secret. */
export type Report =
  | {
      readonly kind: 'request';
      readonly method: string;
      /** Without the query, which may carry what is nobody's business. */
      readonly path: string;
      readonly status: number;
      readonly ms: number;
    }
  | { readonly kind: 'note' | 'problem'; readonly text: string };

/** A report as one line. */
export function formatReport(report: Report, colors: boolean): string {
  const paint = createColors(colors);
  if ('text' in report) return (report.kind === 'note' ? paint.dim : paint.red)(report.text);
  const color = report.status < 400 ? paint.green : report.status < 500 ? paint.yellow : paint.red;
  const time = paint.dim(`${report.ms.toFixed(1)} ms`);
  return `${report.method.padEnd(6)} ${report.path} ${color(String(report.status))} ${time}`;
}
