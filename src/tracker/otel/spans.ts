import { type Attributes, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import type { Listen } from './listen.ts';

/** A span for each attempt. It is told when it has ended: nothing runs inside its span. */
export const createSpans = (tracer: Tracer, common: Attributes, listen: Listen): void => {
  listen('attempt', ({ id, kind, durationMs, outcome, ambiguous }) => {
    const ended = Date.now();
    const span = tracer.startSpan('deliver usage', {
      kind: SpanKind.CLIENT,
      // What was tracked in one request may be sent in the midst of another.
      root: true,
      startTime: ended - durationMs,
      attributes: {
        ...common,
        'tallywire.record.id': id,
        'tallywire.record.kind': kind,
        'tallywire.attempt.outcome': outcome,
        'tallywire.attempt.ambiguous': ambiguous,
      },
    });
    if (outcome !== 'sent') span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(ended);
  });
};
