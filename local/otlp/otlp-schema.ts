import protobuf from 'protobufjs/light.js';

/**
 * The messages of OTLP 1.x as far as they are kept: a field is `number type`, `*` marks a
 * repeated one. Protobuf readers skip fields that they do not know, so what is left out here
 * (exemplars, dropped counts, schema URLs) costs nothing.
 *
 * https://github.com/open-telemetry/opentelemetry-proto
 */
const messages: Record<string, Record<string, string>> = {
  TracesRequest: { resourceSpans: '1 ResourceSpans*' },
  ResourceSpans: { resource: '1 Resource', scopeSpans: '2 ScopeSpans*' },
  ScopeSpans: { scope: '1 Scope', spans: '2 Span*' },
  Span: {
    traceId: '1 bytes',
    spanId: '2 bytes',
    traceState: '3 string',
    parentSpanId: '4 bytes',
    name: '5 string',
    kind: '6 int32',
    startTimeUnixNano: '7 fixed64',
    endTimeUnixNano: '8 fixed64',
    attributes: '9 KeyValue*',
    events: '11 Event*',
    links: '13 Link*',
    status: '15 Status',
    flags: '16 fixed32',
  },
  Event: { timeUnixNano: '1 fixed64', name: '2 string', attributes: '3 KeyValue*' },
  Link: { traceId: '1 bytes', spanId: '2 bytes', attributes: '4 KeyValue*' },
  Status: { message: '2 string', code: '3 int32' },

  MetricsRequest: { resourceMetrics: '1 ResourceMetrics*' },
  ResourceMetrics: { resource: '1 Resource', scopeMetrics: '2 ScopeMetrics*' },
  ScopeMetrics: { scope: '1 Scope', metrics: '2 Metric*' },
  Metric: {
    name: '1 string',
    description: '2 string',
    unit: '3 string',
    gauge: '5 Gauge',
    sum: '7 Sum',
    histogram: '9 Histogram',
    exponentialHistogram: '10 ExponentialHistogram',
    summary: '11 Summary',
  },
  Gauge: { dataPoints: '1 NumberPoint*' },
  Sum: { dataPoints: '1 NumberPoint*', aggregationTemporality: '2 int32', isMonotonic: '3 bool' },
  Histogram: { dataPoints: '1 HistogramPoint*', aggregationTemporality: '2 int32' },
  ExponentialHistogram: { dataPoints: '1 ExponentialPoint*', aggregationTemporality: '2 int32' },
  Summary: { dataPoints: '1 SummaryPoint*' },
  NumberPoint: {
    startTimeUnixNano: '2 fixed64',
    timeUnixNano: '3 fixed64',
    asDouble: '4 double',
    asInt: '6 sfixed64',
    attributes: '7 KeyValue*',
  },
  HistogramPoint: {
    startTimeUnixNano: '2 fixed64',
    timeUnixNano: '3 fixed64',
    count: '4 fixed64',
    sum: '5 double',
    bucketCounts: '6 fixed64*',
    explicitBounds: '7 double*',
    attributes: '9 KeyValue*',
    min: '11 double',
    max: '12 double',
  },
  ExponentialPoint: {
    attributes: '1 KeyValue*',
    startTimeUnixNano: '2 fixed64',
    timeUnixNano: '3 fixed64',
    count: '4 fixed64',
    sum: '5 double',
    scale: '6 sint32',
    zeroCount: '7 fixed64',
    positive: '8 Buckets',
    negative: '9 Buckets',
    min: '12 double',
    max: '13 double',
  },
  Buckets: { offset: '1 sint32', bucketCounts: '2 uint64*' },
  SummaryPoint: {
    startTimeUnixNano: '2 fixed64',
    timeUnixNano: '3 fixed64',
    count: '4 fixed64',
    sum: '5 double',
    quantileValues: '6 Quantile*',
    attributes: '7 KeyValue*',
  },
  Quantile: { quantile: '1 double', value: '2 double' },

  LogsRequest: { resourceLogs: '1 ResourceLogs*' },
  ResourceLogs: { resource: '1 Resource', scopeLogs: '2 ScopeLogs*' },
  ScopeLogs: { scope: '1 Scope', logRecords: '2 LogRecord*' },
  LogRecord: {
    timeUnixNano: '1 fixed64',
    severityNumber: '2 int32',
    severityText: '3 string',
    body: '5 AnyValue',
    attributes: '6 KeyValue*',
    flags: '8 fixed32',
    traceId: '9 bytes',
    spanId: '10 bytes',
    observedTimeUnixNano: '11 fixed64',
    eventName: '12 string',
  },

  Resource: { attributes: '1 KeyValue*' },
  Scope: { name: '1 string', version: '2 string' },
  KeyValue: { key: '1 string', value: '2 AnyValue' },
  AnyValue: {
    stringValue: '1 string',
    boolValue: '2 bool',
    intValue: '3 int64',
    doubleValue: '4 double',
    arrayValue: '5 ArrayValue',
    kvlistValue: '6 KeyValueList',
    bytesValue: '7 bytes',
  },
  ArrayValue: { values: '1 AnyValue*' },
  KeyValueList: { values: '1 KeyValue*' },
};

/**
 * The protobuf types by the names above. Edition proto2, for its explicit presence: protobufjs
 * assumes proto3 and would decode an attribute that is 0, false or '' as one that is not there.
 */
export const otlpSchema: protobuf.Root = protobuf.Root.fromJSON({
  nested: Object.fromEntries(
    Object.entries(messages).map(([name, fields]) => [
      name,
      { edition: 'proto2', fields: describeFields(fields) },
    ]),
  ),
});

function describeFields(fields: Record<string, string>): Record<string, protobuf.IField> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, description]) => {
      const [id, type = ''] = description.split(' ');
      const field = { id: Number(id), type: type.replace('*', '') };
      return [name, type.endsWith('*') ? { ...field, rule: 'repeated' } : field];
    }),
  );
}
