import { type Context, createContextKey, type Span } from '@opentelemetry/api';

/**
 * What the telemetry has to know of an attempt. It travels in the context, under a key that
 * lib/telemetry makes by the same name (context keys are Symbol.for), so that neither imports the
 * other. With another OpenTelemetry set-up nobody fills it in, and nothing breaks.
 */
export interface AttemptState {
  /** Whether the worker has given the attempt up: later spans and log records are dropped. */
  abandoned: boolean;
  /** Spans that the task has started and not yet ended. */
  readonly openSpans: Set<Span>;
}

const ATTEMPT = createContextKey('leadline.attempt');

export function withAttemptState(context: Context, state: AttemptState): Context {
  return context.setValue(ATTEMPT, state);
}

export function isAbandoned(context: Context): boolean {
  return (context.getValue(ATTEMPT) as AttemptState | undefined)?.abandoned === true;
}

/** Ends what the task left open, innermost first, and drops whatever it still does. */
export function abandonAttempt(state: AttemptState, beforeEnd?: (span: Span) => void): void {
  for (const span of [...state.openSpans].reverse()) {
    beforeEnd?.(span);
    span.end();
  }
  state.abandoned = true;
}
