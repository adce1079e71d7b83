import { metrics, trace } from '@opentelemetry/api';
import { logs } from '@opentelemetry/api-logs';
import { startTelemetry } from '../../../lib/telemetry.ts';

/** A function's life in a process of its own: as many invocations as it is told, each flushed. */
const [invocations = '1', remainingMs = '10000', until = 'exit'] = process.argv.slice(2);
if (until === 'earlier-listener') {
  process.once('SIGTERM', () => void setTimeout(() => process.exit(7), 600));
}
const telemetry = await startTelemetry();
const counter = metrics.getMeter('program').createCounter('program.invocations');
const flushMs: number[] = [];
for (let index = 0; index < Number(invocations); index += 1) {
  trace.getTracer('program').startSpan('invocation').end();
  logs.getLogger('program').emit({ body: 'invoked' });
  counter.add(1);
  const start = performance.now();
  await telemetry.flush({ requestId: String(index), remainingMs: Number(remainingMs) });
  flushMs.push(performance.now() - start);
}
if (until === 'exit') {
  const { serviceName, logLevel, traceMode } = telemetry;
  process.stdout.write(`${JSON.stringify({ flushMs, serviceName, logLevel, traceMode })}\n`);
  // What still waits for a backend must not keep the process.
  process.exit(0);
}
trace.getTracer('program').startSpan('left over').end();
telemetry.onShutdown(() => {
  if (until === 'failing-callback') throw new Error('It failed.');
});
telemetry.onShutdown(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  trace.getTracer('program').startSpan('shutting down').end();
});
if (until === 'hanging-callback') telemetry.onShutdown(() => new Promise(() => {}));
if (until === 'own-listener') {
  process.on('SIGTERM', () => {
    process.stdout.write('{"own":true}\n');
    setTimeout(() => process.exit(7), 600);
  });
}
process.stdout.write('{"ready":true}\n');
setInterval(() => {}, 1_000);
