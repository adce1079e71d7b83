import type { Attributes } from '@opentelemetry/api';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import type { Recording } from '../../../lib/telemetry/start-recording.ts';

/** What was recorded, and the questions that tests ask of it. */
export interface ReadRecording {
  spans: ReadableSpan[];
  logs: ReadableLogRecord[];
  span(name: string): ReadableSpan;
  /** Bodies of the log records, in their order. */
  logged(): unknown[];
  /** What a counter counted, or how many values a histogram took, with these attributes. */
  count(metric: string, attributes?: Attributes): number;
  /** The attributes of a metric's points. */
  series(metric: string): Attributes[];
  histogram(metric: string): { count: number; sum?: number; min?: number; max?: number }[];
}

export function readRecording({ spans, logs, metrics }: Recording): ReadRecording {
  const points = (metric: string) =>
    metrics
      .filter(({ descriptor }) => descriptor.name === metric)
      .flatMap(({ dataPoints }) => dataPoints as { attributes: Attributes; value: unknown }[]);
  return {
    spans,
    logs,
    span(name) {
      const [found, ...more] = spans.filter((span) => span.name === name);
      if (found === undefined || more.length > 0) {
        throw new Error(`${more.length + (found ? 1 : 0)} spans are named ${name}.`);
      }
      return found;
    },
    logged: () => logs.map(({ body }) => body),
    count: (metric, wanted = {}) =>
      points(metric)
        .filter(({ attributes }) =>
          Object.entries(wanted).every(([key, value]) => attributes[key] === value),
        )
        .map(({ value }) =>
          typeof value === 'number' ? value : (value as { count: number }).count,
        )
        .reduce((sum, value) => sum + value, 0),
    series: (metric) => points(metric).map(({ attributes }) => attributes),
    histogram: (metric) => points(metric).map(({ value }) => value as { count: number }),
  };
}
