import {
  type Message,
  mapMessages,
  readCount,
  readId,
  readString,
  readTime,
} from './otlp-fields.ts';
import { readAnyValue, readAttributes, readResource, readScope } from './read-attributes.ts';
import type { Attributes, ReceivedLog, Scope } from './telemetry-record.ts';

/** The records of an ExportLogsServiceRequest, in the order in which they came. */
export function readLogs(request: Message): ReceivedLog[] {
  return mapMessages(request['resourceLogs'], 'resourceLogs', (byResource) => {
    const resource = readResource(byResource['resource']);
    return mapMessages(byResource['scopeLogs'], 'scopeLogs', (byScope) => {
      const scope = readScope(byScope['scope']);
      return mapMessages(byScope['logRecords'], 'logRecords', (log) =>
        readLog(log, resource, scope),
      );
    }).flat();
  }).flat();
}

function readLog(log: Message, resource: Attributes, scope: Scope): ReceivedLog {
  const observedTimeUnixNano = readTime(log['observedTimeUnixNano'], 'observedTimeUnixNano');
  const severityText = readString(log['severityText'], 'severityText');
  const eventName = readString(log['eventName'], 'eventName');
  const traceId = readId(log['traceId'], 16, 'traceId');
  const spanId = readId(log['spanId'], 8, 'spanId');
  const flags = readCount(log['flags'], 'flags');

  return {
    timeUnixNano: readTime(log['timeUnixNano'], 'timeUnixNano'),
    ...(observedTimeUnixNano !== 0n && { observedTimeUnixNano }),
    severityNumber: readCount(log['severityNumber'], 'severityNumber'),
    ...(severityText !== '' && { severityText }),
    body: readAnyValue(log['body'], 'body'),
    attributes: readAttributes(log['attributes']),
    ...(eventName !== '' && { eventName }),
    ...(traceId !== undefined && { traceId }),
    ...(spanId !== undefined && { spanId }),
    ...(flags !== 0 && { flags }),
    resource,
    scope,
  };
}
