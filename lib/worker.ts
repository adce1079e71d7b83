export type { BatchTrace, RecordSpan } from './worker/batch-trace.ts';
export type { Worker, WorkerOptions } from './worker/create-worker.ts';
export { createWorker } from './worker/create-worker.ts';
export { flushTelemetry } from './worker/flush-telemetry.ts';
export { partialBatch } from './worker/partial-batch.ts';
export type { MessageResult, Outcome } from './worker/process-message.ts';
export type { WorkerQueueOptions, WorkerQueues } from './worker/queue-index.ts';
export type { TraceContextOptions, TracedContext } from './worker/trace-context.ts';
export { traceContext } from './worker/trace-context.ts';
