import type { Attributes, ReceivedLog, ReceivedSpan } from './otlp/telemetry-record.ts';
import type { TelemetryStore } from './otlp/telemetry-store.ts';

/**
 * One short line for each attempt of a task, taken from what arrives over OTLP: name, id, outcome,
 * milliseconds and trace id. An attempt's span tells it, and where its caller is not sampled, so
 * that no span comes, its log record.
 */
export function printTaskLines(telemetry: TelemetryStore, print: (line: string) => void): void {
  telemetry.subscribe((arrival) => {
    if (arrival.signal === 'spans') {
      for (const span of arrival.records) {
        if (isAttempt(span)) print(formatSpan(span));
      }
    } else if (arrival.signal === 'logs') {
      for (const log of arrival.records) {
        const outcome = OUTCOMES.get(String(log.body));
        if (outcome !== undefined && !isSampled(log)) print(formatLog(log, outcome));
      }
    }
  });
}

/** The task's own spans have an outcome, too, when they were left open. */
function isAttempt({ kind, attributes }: ReceivedSpan): boolean {
  return kind === 'CONSUMER' && attributes['task.outcome'] !== undefined;
}

const OUTCOMES = new Map([
  ['task completed', 'completed'],
  ['task retrying', 'retry'],
  ['task dead', 'dead'],
  ['task unfinished', 'unfinished'],
]);

/** The sampled bit of W3C's trace flags. */
function isSampled({ flags = 0 }: ReceivedLog): boolean {
  return (flags & 1) === 1;
}

function formatSpan({ attributes, durationMs, traceId }: ReceivedSpan): string {
  return formatLine(attributes, String(attributes['task.outcome']), durationMs, traceId);
}

function formatLog({ attributes, traceId }: ReceivedLog, outcome: string): string {
  return formatLine(attributes, outcome, Number(attributes['duration_ms'] ?? 0), traceId);
}

function formatLine(
  attributes: Attributes,
  outcome: string,
  durationMs: number,
  traceId = 'not sampled',
): string {
  const { 'task.name': name, 'task.id': id, 'task.attempt': attempt } = attributes;
  const which = Number(attempt) > 1 ? `, attempt ${attempt}` : '';
  return `${name}  ${id}  ${outcome}${which}  ${Math.round(durationMs)} ms  trace ${traceId}`;
}
