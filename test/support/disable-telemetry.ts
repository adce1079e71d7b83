import { context, metrics, propagation, trace } from '@opentelemetry/api';
import { logs } from '@opentelemetry/api-logs';

/** startTelemetry sets the globals of OpenTelemetry, which are set once a process. */
export function disableTelemetry(): void {
  logs.disable();
  metrics.disable();
  trace.disable();
  propagation.disable();
  context.disable();
  process.removeAllListeners('SIGTERM');
}
