import { randomBytes } from 'node:crypto';
import type { MonitoredStage } from '../project/monitored-stage.ts';

/** One span, one metric and one log that belong together, as OTLP's JSON. */
export function describeValidationSignals(
  { stage, serviceName, metricPrefix }: MonitoredStage,
  now: number,
): { traces: object; metrics: object; logs: object } {
  const timeUnixNano = String(BigInt(now) * 1_000_000n);
  const ids = { traceId: randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex') };
  const name = 'leadline validate';
  const scope = { name: 'leadline' };
  const resource = {
    attributes: Object.entries({
      'service.name': serviceName,
      'deployment.environment.name': stage,
      // OneUptime's exceptions read only this one.
      'deployment.environment': stage,
    }).map(([key, stringValue]) => ({ key, value: { stringValue } })),
  };
  const span = {
    ...ids,
    name,
    kind: 1,
    startTimeUnixNano: timeUnixNano,
    endTimeUnixNano: timeUnixNano,
  };
  const metric = {
    name: `${metricPrefix}leadline.validate`,
    unit: '1',
    gauge: { dataPoints: [{ timeUnixNano, asInt: '1' }] },
  };
  const logRecord = {
    ...ids,
    timeUnixNano,
    observedTimeUnixNano: timeUnixNano,
    severityNumber: 9,
    severityText: 'INFO',
    body: { stringValue: name },
  };
  return {
    traces: { resourceSpans: [{ resource, scopeSpans: [{ scope, spans: [span] }] }] },
    metrics: { resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics: [metric] }] }] },
    logs: { resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords: [logRecord] }] }] },
  };
}
