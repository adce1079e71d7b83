export type { Gauge } from './telemetry/gauge-producer.ts';
export type { Telemetry, TelemetryOptions } from './telemetry/start-telemetry.ts';
export { startTelemetry } from './telemetry/start-telemetry.ts';
