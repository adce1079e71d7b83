import { describe, expect, it } from 'vitest';
import { flushTo } from './flush-target.ts';
import { respond, startBackend } from './otlp-backend.ts';

describe('an answer of 200', () => {
  const taken: [string, string | Buffer][] = [
    ['garbage', '<html>'],
    ['an empty one', ''],
    ['null', 'null'],
    ['an infinite number rejected', '{"partialSuccess":{"rejectedSpans":"Infinity"}}'],
    ['a number rejected that is none of JSON’s', '{"partialSuccess":{"rejectedSpans":1e999}}'],
    ['half an item rejected', '{"partialSuccess":{"rejectedSpans":0.5}}'],
    ['more rejected than can be counted', '{"partialSuccess":{"rejectedSpans":1e300}}'],
    [
      'an answer of over 64 KB',
      `{"partialSuccess":{"rejectedSpans":"1"},"more":"${'x'.repeat(70_000)}"}`,
    ],
    ['half of an answer in protobuf', Buffer.from([0x0a, 0x20, 0x08])],
    ['nothing rejected', '{"partialSuccess":{"rejectedSpans":"0","errorMessage":"hint"}}'],
  ];
  it.for(taken)('%s: it counts as taken', async ([, body]) => {
    const { endpoint } = await startBackend(respond(200, body));
    const target = await flushTo(endpoint);
    target.record();
    expect(await target.flush()).toBeLessThan(1_000);
    expect(target.dropped).toEqual({});
    expect(target.warnings).toEqual([]);
  });

  const message = Buffer.from('too old');
  const protobuf = Buffer.from([
    0x0a,
    4 + message.length,
    0x08,
    2,
    0x12,
    message.length,
    ...message,
  ]);
  it.for([
    ['JSON', 'http/json', '{"partialSuccess":{"rejectedSpans":"2","errorMessage":"too old"}}'],
    ['protobuf', 'http/protobuf', protobuf],
  ] as const)('in %s that rejects some: counted and said', async ([, protocol, body]) => {
    const { endpoint } = await startBackend(respond(200, body));
    const target = await flushTo(endpoint, { OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol });
    target.record(5);
    await target.flush();
    expect(target.dropped.traces).toEqual({ reason: 'rejected', items: 2 });
    expect(target.warnings).toContain('The backend rejected 2 items of traces: too old');
  });

  it('that rejects more than was sent: no more is counted', async () => {
    const body = '{"partialSuccess":{"rejectedSpans":"900","errorMessage":"too old"}}';
    const { endpoint } = await startBackend(respond(200, body));
    const target = await flushTo(endpoint);
    target.record(5);
    await target.flush();
    expect(target.dropped.traces).toEqual({ reason: 'rejected', items: 5 });
    expect(target.dropped.metrics).toEqual({ reason: 'rejected', items: 1 });
  });
});
