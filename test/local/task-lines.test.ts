import { expect, it } from 'vitest';
import { createTelemetryStore } from '../../local/otlp/telemetry-store.ts';
import { printTaskLines } from '../../local/task-lines.ts';

const attributes = { 'task.name': 'ship', 'task.id': 'id-1', 'task.attempt': 2 };
const log = (flags: number) => ({
  body: 'task completed',
  flags,
  traceId: 'abc',
  attributes: { ...attributes, duration_ms: 4.4 },
});

function linesOf(...arrivals: object[]): string[] {
  const store = createTelemetryStore();
  const lines: string[] = [];
  printTaskLines(store, (line) => lines.push(line));
  for (const arrival of arrivals) store.add(arrival as never);
  return lines;
}

it('tells an attempt by its span', () => {
  const span = {
    kind: 'CONSUMER',
    durationMs: 12.3,
    traceId: 'abc',
    attributes: { ...attributes, 'task.outcome': 'retry' },
  };
  expect(linesOf({ signal: 'spans', records: [span, { ...span, kind: 'INTERNAL' }] })).toEqual([
    'ship  id-1  retry, attempt 2  12 ms  trace abc',
  ]);
});

it('tells an attempt by its log where the caller is not sampled, and only there', () => {
  expect(linesOf({ signal: 'logs', records: [log(0), log(1)] })).toEqual([
    'ship  id-1  completed, attempt 2  4 ms  trace abc',
  ]);
});
