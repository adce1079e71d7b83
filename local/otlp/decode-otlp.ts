import { InvalidOtlpError } from './invalid-otlp-error.ts';
import { type Message, readMessage } from './otlp-fields.ts';
import { otlpSchema } from './otlp-schema.ts';
import { readLogs } from './read-logs.ts';
import { readPoints } from './read-points.ts';
import { readSpans } from './read-spans.ts';
import type { Arrival } from './telemetry-record.ts';

/** As in the path: `/v1/traces`. */
export type OtlpSignal = 'traces' | 'metrics' | 'logs';

export type OtlpEncoding = 'json' | 'protobuf';

const requestTypes = {
  traces: otlpSchema.lookupType('TracesRequest'),
  metrics: otlpSchema.lookupType('MetricsRequest'),
  logs: otlpSchema.lookupType('LogsRequest'),
};

/** Decodes an export request; throws InvalidOtlpError and nothing else. */
export function decodeOtlp(signal: OtlpSignal, encoding: OtlpEncoding, bytes: Buffer): Arrival {
  const request = encoding === 'json' ? parseJson(bytes) : parseProtobuf(signal, bytes);
  if (signal === 'traces') return { signal: 'spans', records: readSpans(request) };
  if (signal === 'metrics') return { signal: 'points', records: readPoints(request) };
  return { signal: 'logs', records: readLogs(request) };
}

function parseJson(bytes: Buffer): Message {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new InvalidOtlpError('The body is not JSON', { cause });
  }
  if (value === null) throw new InvalidOtlpError('The body: an object is expected');
  return readMessage(value, 'The body');
}

function parseProtobuf(signal: OtlpSignal, bytes: Buffer): Message {
  try {
    const type = requestTypes[signal];
    // Longs as strings: exact, and what OTLP/JSON has. Bytes stay bytes, ids become hexadecimal.
    return type.toObject(type.decode(bytes), { longs: String });
  } catch (cause) {
    throw new InvalidOtlpError('The body is not protobuf of this signal', { cause });
  }
}
