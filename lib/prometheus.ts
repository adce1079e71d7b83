// Apart from ./telemetry: a bundler keeps what is loaded later, whoever asks for it.
export { toPrometheus } from './telemetry/to-prometheus.ts';
