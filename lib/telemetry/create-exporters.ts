import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import { ExportFailed } from '../errors/export-failed.ts';
import type { ExportTarget, TelemetryConfig } from './config.ts';

/** Sends one request; rejects with ExportFailed when the backend did not take it. */
export type Export<T> = (items: T) => Promise<void>;

export interface Exporters {
  traces?: Export<ReadableSpan[]>;
  metrics?: Export<ResourceMetrics>;
  logs?: Export<ReadableLogRecord[]>;
}

/** How long one attempt to export may take. */
const EXPORT_TIMEOUT_MS = 2_000;

/** OTLP over HTTP, in JSON. A signal without a target has no exporter. */
export function createExporters({ targets }: TelemetryConfig): Exporters {
  const { traces, metrics, logs } = targets;
  return {
    ...(traces.kind !== 'none' && { traces: promisify(new OTLPTraceExporter(settings(traces))) }),
    ...(metrics.kind !== 'none' && {
      metrics: promisify(new OTLPMetricExporter(settings(metrics))),
    }),
    ...(logs.kind !== 'none' && { logs: promisify(new OTLPLogExporter(settings(logs))) }),
  };
}

function settings(target: ExportTarget): {
  timeoutMillis: number;
  url?: string;
  headers?: Record<string, string>;
} {
  if (target.kind !== 'oneuptime') return { timeoutMillis: EXPORT_TIMEOUT_MS };
  return {
    timeoutMillis: EXPORT_TIMEOUT_MS,
    url: target.url,
    headers: { 'x-oneuptime-token': target.token },
  };
}

interface CallbackExporter<T> {
  export(items: T, done: (result: { code: number; error?: Error }) => void): void;
}

function promisify<T>(exporter: CallbackExporter<T>): Export<T> {
  return (items) =>
    new Promise((resolve, reject) => {
      exporter.export(items, ({ code, error }) => {
        // ExportResultCode.SUCCESS
        if (code === 0) resolve();
        else
          reject(new ExportFailed('The OTLP backend did not take the export.', { cause: error }));
      });
    });
}
