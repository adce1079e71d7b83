import { hideCredentials } from '../hide-credentials.ts';
import type { MonitoredStage } from '../project/monitored-stage.ts';
import type { Finding } from './finding.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Variables that make a command look elsewhere than somebody may think. */
export function checkEnvironment(environment: Env, stage: MonitoredStage | undefined): Finding[] {
  const name = 'environment';
  const findings: Finding[] = [];
  const warn = (text: string, advice: string) =>
    findings.push({ name, level: 'warning', text, advice });
  const endpoint = environment['AWS_ENDPOINT_URL'];
  if (endpoint) {
    const text = `AWS_ENDPOINT_URL is ${hideCredentials(endpoint)}: that is looked at, not AWS`;
    warn(text, 'Unset it to look at AWS.');
  }
  if (environment['OTEL_EXPORTER_OTLP_ENDPOINT']) {
    warn(
      'OTEL_EXPORTER_OTLP_ENDPOINT is set: functions that have it send nothing to OneUptime',
      'Unset it, unless another backend is meant.',
    );
  }
  if (environment['OTEL_SDK_DISABLED'] === 'true') {
    warn('OTEL_SDK_DISABLED is true: functions that have it send nothing', 'Unset it.');
  }
  const prefix = environment['METRIC_PREFIX'] ?? '';
  if (stage !== undefined && prefix !== '' && prefix !== stage.metricPrefix) {
    warn(
      `METRIC_PREFIX is "${prefix}", and metricPrefix of the stage "${stage.metricPrefix}"`,
      'Set metricPrefix in infra/config.ts: charts and monitors are made with it.',
    );
  }
  if (findings.length > 0) return findings;
  return [{ name, level: 'ok', text: 'nothing in it leads elsewhere' }];
}
