import type { ReceivedSpan } from './otlp/telemetry-record.ts';
import type { TelemetryStore } from './otlp/telemetry-store.ts';

/**
 * One short line for each attempt of a task, taken from the spans that arrive over OTLP: name, id,
 * outcome, milliseconds and trace id.
 */
export function printTaskLines(telemetry: TelemetryStore, print: (line: string) => void): void {
  telemetry.subscribe((arrival) => {
    if (arrival.signal !== 'spans') return;
    for (const span of arrival.records) {
      if (span.attributes['task.outcome'] !== undefined) print(formatTaskLine(span));
    }
  });
}

function formatTaskLine({ attributes, durationMs, traceId }: ReceivedSpan): string {
  const { 'task.name': name, 'task.id': id, 'task.outcome': outcome } = attributes;
  const attempt =
    Number(attributes['task.attempt']) > 1 ? `, attempt ${attributes['task.attempt']}` : '';
  return `${name}  ${id}  ${outcome}${attempt}  ${Math.round(durationMs)} ms  trace ${traceId}`;
}
