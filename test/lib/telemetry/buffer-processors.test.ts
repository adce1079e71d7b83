import { ROOT_CONTEXT } from '@opentelemetry/api';
import { SeverityNumber } from '@opentelemetry/api-logs';
import { emptyResource } from '@opentelemetry/resources';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import {
  NodeTracerProvider,
  type ReadableSpan,
  type Sampler,
  SamplingDecision,
} from '@opentelemetry/sdk-trace-node';
import { expect, it } from 'vitest';
import { type AttemptState, withAttemptState } from '../../../lib/instrumentation/attempt-state.ts';
import { createBoundedBuffer } from '../../../lib/telemetry/bounded-buffer.ts';
import {
  type Activity,
  createLogBuffering,
  createSpanBufferProcessor,
} from '../../../lib/telemetry/buffer-processors.ts';
import {
  createLoggerProvider,
  type LoggerProviderOptions,
} from '../../../lib/telemetry/create-logger-provider.ts';
import { readLimitSettings } from '../../../lib/telemetry/limit-settings.ts';

it.each([
  ['recorded only', SamplingDecision.RECORD, []],
  ['sampled', SamplingDecision.RECORD_AND_SAMPLED, ['work']],
  ['dropped', SamplingDecision.NOT_RECORD, []],
])('of a span that is %s keeps what is to be sent', (_, decision, kept) => {
  const buffer = createBoundedBuffer<ReadableSpan>({ maxItems: 10, onDropped: () => {} });
  const sampler: Sampler = { shouldSample: () => ({ decision }) };
  const provider = new NodeTracerProvider({
    sampler,
    spanProcessors: [createSpanBufferProcessor(buffer)],
  });
  provider.getTracer('test').startSpan('work').end();
  expect(buffer.drain().map(({ name }) => name)).toEqual(kept);
});

it('an error that is logged tells that something failed: unsampled spans do not', () => {
  const activity: Activity = {};
  const buffer = createBoundedBuffer<ReadableLogRecord>({ maxItems: 10, onDropped: () => {} });
  const logger = loggerTo(createLogBuffering(buffer, activity));
  logger.emit({ body: 'task retrying', severityNumber: SeverityNumber.WARN });
  expect(activity.failed).toBeUndefined();
  logger.emit({ body: 'task failed', severityNumber: SeverityNumber.ERROR });
  expect(activity.failed).toBe(true);
});

it('a record of an attempt that was given up is not kept, whoever logs it', () => {
  const buffer = createBoundedBuffer<ReadableLogRecord>({ maxItems: 10, onDropped: () => {} });
  const logger = loggerTo(createLogBuffering(buffer));
  const state: AttemptState = { abandoned: false, openSpans: new Set() };
  const attempt = withAttemptState(ROOT_CONTEXT, state);
  logger.emit({ body: 'during', context: attempt });
  state.abandoned = true;
  logger.emit({ body: 'after', context: attempt });
  expect(buffer.drain().map(({ body }) => body)).toEqual(['during']);
});

function loggerTo(onEmit: LoggerProviderOptions['onEmit']) {
  const { logRecord: limits } = readLimitSettings({}, []);
  return createLoggerProvider({ resource: emptyResource(), limits, onEmit }).getLogger('a library');
}
