import { createHealthHandler, type HealthHandler } from '../lib/health.ts';
import { toPrometheus } from '../lib/prometheus.ts';
import { startTelemetry } from '../lib/telemetry.ts';
import { readCloudWatchSettings, readHealthSettings, readQueueSource } from './env.ts';

const telemetry = await startTelemetry({ flush: 'after-response' });
const { stalledAfterSeconds, ...access } = readHealthSettings();

/** `GET|HEAD /health` and `GET|HEAD /metrics` */
export const handler: HealthHandler = createHealthHandler({
  source: readQueueSource(),
  telemetry,
  toPrometheus,
  settings: { ...readCloudWatchSettings(), ...(stalledAfterSeconds && { stalledAfterSeconds }) },
  ...access,
});
