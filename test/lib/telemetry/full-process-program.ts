import { closeSync, openSync } from 'node:fs';
import { metrics, trace } from '@opentelemetry/api';
import { startTelemetry } from '../../../lib/telemetry.ts';

/** Two invocations: in the first the process has as many files open as it may. */
const telemetry = await startTelemetry();
const counter = metrics.getMeter('program').createCounter('program.invocations');
const invoke = async (requestId: string) => {
  trace.getTracer('program').startSpan(requestId).end();
  counter.add(1);
  await telemetry.flush({ requestId, remainingMs: 10_000 });
};
const open: number[] = [];
try {
  for (;;) open.push(openSync('/dev/null', 'r'));
} catch {
  // EMFILE
}
await invoke('first');
for (const file of open) closeSync(file);
await invoke('second');
process.exit(0);
