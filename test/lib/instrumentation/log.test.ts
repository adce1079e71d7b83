import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { logs, SeverityNumber } from '@opentelemetry/api-logs';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createLog, type LogLevel } from '../../../lib/instrumentation/log.ts';
import { hostileValues } from './hostile-values.ts';
import { startInMemoryTelemetry } from './in-memory-telemetry.ts';

const telemetry = startInMemoryTelemetry();
const tracer = trace.getTracer('test');
afterAll(() => telemetry.stop());

let lines: string[] = [];
beforeEach(() => {
  lines = [];
  telemetry.clear();
});

function testLog(level: LogLevel = 'info') {
  return createLog({ service: 'shop', level, write: (line) => void lines.push(line) });
}

function written(): Record<string, unknown>[] {
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the line on stdout', () => {
  it('has the keys of docs/telemetry.md, in their order, then the attributes', () => {
    const log = testLog().bind({ requestId: 'r-1', attributes: { 'task.id': 't-1' } });
    tracer.startActiveSpan('work', (span) => {
      log.warn('card declined', { 'order.id': 'o-1' });
      span.end();
      const [line] = written();
      expect(lines[0]).toMatch(/^\{[^\n]*\}\n$/);
      expect(Object.keys(line ?? {})).toEqual([
        'timestamp',
        'level',
        'message',
        'requestId',
        'trace_id',
        'span_id',
        'service',
        'task.id',
        'order.id',
      ]);
      const { traceId, spanId } = span.spanContext();
      expect(line).toMatchObject({
        level: 'WARN',
        message: 'card declined',
        requestId: 'r-1',
        trace_id: traceId,
        span_id: spanId,
        service: 'shop',
        'task.id': 't-1',
        'order.id': 'o-1',
      });
      const { timestamp } = line as { timestamp: string };
      expect(new Date(timestamp).toISOString()).toBe(timestamp);
    });
  });

  it('leaves out the request and the trace where there is none', () => {
    testLog().info('started');
    expect(Object.keys(written()[0] ?? {})).toEqual(['timestamp', 'level', 'message', 'service']);
  });

  it('has a key once, whichever of log and record says it', () => {
    const log = testLog().bind({ attributes: { order: 'bound', 'task.id': 't-1' } });
    log.info('again', { order: 'own' });
    expect(lines[0]?.match(/"order"/g)).toHaveLength(1);
    expect(written()[0]).toMatchObject({ order: 'own', 'task.id': 't-1' });
  });

  it('has no trace of zeros where there is no SDK', () => {
    const none = trace.wrapSpanContext({
      traceId: '0'.repeat(32),
      spanId: '0'.repeat(16),
      traceFlags: 0,
    });
    context.with(trace.setSpan(ROOT_CONTEXT, none), () => testLog().info('started'));
    expect(written()[0]).not.toHaveProperty('trace_id');
  });

  it('cannot be forged by attributes or by newlines', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom(
            'timestamp',
            'level',
            'message',
            'requestId',
            'service',
            '__proto__',
            'a',
          ),
          fc.anything(),
        ),
        fc.string({ unit: 'binary' }),
        (attributes, message) => {
          lines = [];
          testLog().bind({ requestId: 'r-1' }).info(message, attributes);
          expect(lines).toHaveLength(1);
          expect(lines[0]?.trimEnd()).not.toContain('\n');
          const [line] = written();
          expect(line).toMatchObject({ level: 'INFO', message, requestId: 'r-1', service: 'shop' });
          expect(Date.parse(String(line?.['timestamp']))).not.toBeNaN();
        },
      ),
    );
  });

  it('keeps an attribute with the name of a key of its own under attributes.', () => {
    testLog().info('x', { level: 'fake', service: 'fake' });
    expect(written()[0]).toMatchObject({
      level: 'INFO',
      service: 'shop',
      'attributes.level': 'fake',
      'attributes.service': 'fake',
    });
  });
});

it.each([
  ['debug', ['DEBUG', 'INFO', 'WARN', 'ERROR']],
  ['info', ['INFO', 'WARN', 'ERROR']],
  ['warn', ['WARN', 'ERROR']],
  ['error', ['ERROR']],
] as const)('at level %s writes %j', (level, expected) => {
  const log = testLog(level);
  log.debug('m');
  log.info('m');
  log.warn('m');
  log.error('m');
  expect(written().map((line) => line['level'])).toEqual(expected);
  expect(telemetry.logRecords().map(({ severityText }) => severityText)).toEqual(expected);
});

describe('the OTLP record', () => {
  it('has the severity number, the body, flat attributes and the trace of the active span', () => {
    tracer.startActiveSpan('work', (span) => {
      testLog()
        .bind({ requestId: 'r-1' })
        .error('failed', { n: 1, ok: false, order: { id: 'o-1' }, nothing: null });
      const [record] = telemetry.logRecords();
      expect(record).toMatchObject({ severityNumber: SeverityNumber.ERROR, body: 'failed' });
      expect(record?.attributes).toEqual({
        request_id: 'r-1',
        n: 1,
        ok: false,
        order: '{"id":"o-1"}',
      });
      expect(record?.spanContext).toMatchObject(span.spanContext());
      expect(record?.instrumentationScope.name).toBe('leadline');
    });
  });
});

describe('the trace', () => {
  it('comes from the bound context where no span is active, and from the active span where one is', () => {
    const bound = trace.setSpan(ROOT_CONTEXT, tracer.startSpan('invocation'));
    const log = testLog().bind({ context: bound });
    log.info('outside');
    tracer.startActiveSpan('inside', (span) => {
      log.info('inside');
      expect(written().map((line) => line['span_id'])).toEqual([
        trace.getSpanContext(bound)?.spanId,
        span.spanContext().spanId,
      ]);
    });
    expect(telemetry.logRecords()[0]?.spanContext).toEqual(trace.getSpanContext(bound));
  });

  it('never mixes between ten contexts that run side by side', async () => {
    const log = testLog();
    const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
    const spanIds = await Promise.all(
      Array.from({ length: 10 }, (_, index) => {
        const span = tracer.startSpan(`record ${index}`, {}, ROOT_CONTEXT);
        const own = log.bind({ attributes: { index } });
        return context.with(trace.setSpan(ROOT_CONTEXT, span), async () => {
          for (let step = 0; step < 5; step += 1) {
            // Different numbers of turns, so that the order of the ten changes at every step.
            for (let wait = (index * 7 + step * 3) % 5; wait >= 0; wait -= 1) await turn();
            own.info('step', { step });
          }
          return span.spanContext().spanId;
        });
      }),
    );
    expect(new Set(spanIds).size).toBe(10);
    expect(lines).toHaveLength(50);
    for (const line of written()) expect(line['span_id']).toBe(spanIds[line['index'] as number]);
    for (const { attributes, spanContext } of telemetry.logRecords()) {
      expect(spanContext?.spanId).toBe(spanIds[attributes['index'] as number]);
    }
  });
});

describe('nothing that is logged fails its caller', () => {
  it.each(hostileValues())('%s is written', (_, value) => {
    testLog().info('hostile', { value });
    testLog().info('spread', value as never);
    testLog().bind({ attributes: { value } }).info('bound');
    expect(written().map((line) => line['message'])).toEqual(['hostile', 'spread', 'bound']);
    expect(telemetry.logRecords()).toHaveLength(3);
  });

  it('a writer that throws costs its line, not the record', () => {
    const log = createLog({
      service: 'shop',
      write: () => {
        throw new Error('EPIPE');
      },
    });
    expect(() => log.info('x')).not.toThrow();
    expect(telemetry.logRecords()).toHaveLength(1);
  });

  it('a logger provider that throws costs the record, not the line', () => {
    logs.disable();
    logs.setGlobalLoggerProvider({
      getLogger: () => {
        throw new Error('no logger');
      },
    });
    expect(() => testLog().info('x')).not.toThrow();
    expect(written()).toHaveLength(1);
  });
});
