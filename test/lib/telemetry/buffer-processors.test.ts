import {
  NodeTracerProvider,
  type ReadableSpan,
  type Sampler,
  SamplingDecision,
} from '@opentelemetry/sdk-trace-node';
import { expect, it } from 'vitest';
import { createBoundedBuffer } from '../../../lib/telemetry/bounded-buffer.ts';
import { createSpanBufferProcessor } from '../../../lib/telemetry/buffer-processors.ts';

it.each([
  ['recorded only', SamplingDecision.RECORD, []],
  ['sampled', SamplingDecision.RECORD_AND_SAMPLED, ['work']],
  ['dropped', SamplingDecision.NOT_RECORD, []],
])('of a span that is %s keeps what is to be sent', (_, decision, kept) => {
  const buffer = createBoundedBuffer<ReadableSpan>(10, () => {});
  const sampler: Sampler = { shouldSample: () => ({ decision }) };
  const provider = new NodeTracerProvider({
    sampler,
    spanProcessors: [createSpanBufferProcessor(buffer)],
  });
  provider.getTracer('test').startSpan('work').end();
  expect(buffer.drain().map(({ name }) => name)).toEqual(kept);
});
