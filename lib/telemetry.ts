export type { Telemetry, TelemetryOptions } from './telemetry/start-telemetry.ts';
export { startTelemetry } from './telemetry/start-telemetry.ts';
export type { Gauge } from './telemetry/waiting-gauges.ts';
