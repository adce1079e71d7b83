import { randomBytes } from 'node:crypto';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { context, ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api';
import { createProducer } from '../../lib/producer/create-producer.ts';
import type { QueueUrls } from '../../lib/producer/enqueue-options.ts';
import type { Task } from '../../lib/task/define-task.ts';
import type { EnqueueAnswer } from './console-api.ts';

export interface EnqueueInTraceOptions {
  queues: QueueUrls;
  client: Pick<SQSClient, 'send'>;
  /** @default `console` on FIFO queues */
  groupId?: string | undefined;
}

/**
 * Sends one message that begins a trace, without an OpenTelemetry SDK: the worker continues it, and
 * the page can name it at once.
 *
 * @throws the errors of `Producer.enqueue`.
 */
export async function enqueueInTrace(
  task: Task,
  payload: unknown,
  { queues, client, groupId }: EnqueueInTraceOptions,
): Promise<EnqueueAnswer> {
  await registerTraceContext();
  const producer = createProducer({ queues, client });
  const fifo = queues[task.queue]?.url.endsWith('.fifo') ?? false;
  const options = fifo || groupId !== undefined ? { groupId: groupId ?? 'console' } : {};
  const parent = trace.setSpanContext(ROOT_CONTEXT, {
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
  });
  return context.with(parent, () => producer.enqueue(task, payload, options));
}

let registering: Promise<void> | undefined;

/** Once a process; where it has an SDK already, that stays. */
function registerTraceContext(): Promise<void> {
  registering ??= (async () => {
    const [{ registerContext }, { W3CTraceContextPropagator }] = await Promise.all([
      import('../../lib/telemetry/register-context.ts'),
      import('@opentelemetry/core'),
    ]);
    registerContext(new W3CTraceContextPropagator());
  })();
  return registering;
}
