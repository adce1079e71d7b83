import { type Context, context as contextApi, isSpanContextValid, trace } from '@opentelemetry/api';
import type { AnyValue, LogAttributes, LoggerProvider, LogRecord } from '@opentelemetry/api-logs';
import { type InstrumentationScope, timeInputToHrTime } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { LimitSettings } from './limit-settings.ts';
import { describeException } from './log-exception.ts';

export interface LoggerProviderOptions {
  resource: Resource;
  limits: LimitSettings['logRecord'];
  /** Takes each record, with the context that it was emitted in. */
  onEmit: (record: ReadableLogRecord, context: Context) => void;
}

/**
 * OpenTelemetry's log API for one consumer of records. The SDK's own provider makes the same
 * records, held to it by a test; it costs 20 µs a message more, most of it a WeakSet for each
 * attribute, and 9 KB of a cold start (docs/decisions/0015-less-of-the-sdk-at-start.md).
 */
export function createLoggerProvider(options: LoggerProviderOptions): LoggerProvider {
  // One object a scope: exporters group records by its identity.
  const scopes = new Map<string, InstrumentationScope>();
  return {
    getLogger(name, version, { schemaUrl, attributes: given } = {}) {
      const own = given && fitAttributes(given, undefined, options.limits).attributes;
      const key = JSON.stringify([name, version, schemaUrl, own]);
      const scope = scopes.get(key) ?? {
        name,
        ...(version !== undefined && { version }),
        ...(schemaUrl !== undefined && { schemaUrl }),
        ...(own && { attributes: own }),
      };
      scopes.set(key, scope);
      return {
        enabled: () => true,
        emit(record) {
          const context = record.context ?? contextApi.active();
          options.onEmit(toReadable(record, context, scope, options), context);
        },
      };
    },
  };
}

function toReadable(
  record: LogRecord,
  context: Context,
  instrumentationScope: InstrumentationScope,
  { resource, limits }: LoggerProviderOptions,
): ReadableLogRecord {
  const now = Date.now();
  const { timestamp, observedTimestamp, exception } = record;
  const span = trace.getSpanContext(context);
  const { attributes, dropped } = fitAttributes(record.attributes, exception, limits);
  // Always the same fields, so that whatever reads records meets one kind of object.
  const readable = {
    hrTime: timeInputToHrTime(timestamp ?? now),
    hrTimeObserved: timeInputToHrTime(observedTimestamp ?? now),
    spanContext: span !== undefined && isSpanContextValid(span) ? span : undefined,
    severityText: record.severityText,
    severityNumber: record.severityNumber,
    body: record.body,
    eventName: record.eventName,
    resource,
    instrumentationScope,
    attributes,
    droppedAttributesCount: dropped,
  };
  return readable as ReadableLogRecord;
}

interface Fitted {
  attributes: LogAttributes;
  count: number;
  dropped: number;
}

/**
 * A copy within the limits: who emitted a record may go on to change what it was made of. What the
 * exception says comes last, and only where the record does not say it itself.
 */
function fitAttributes(
  given: LogAttributes = {},
  exception: unknown,
  limits: LimitSettings['logRecord'],
): Fitted {
  const fitted: Fitted = { attributes: {}, count: 0, dropped: 0 };
  for (const key of Object.keys(given)) addAttribute(fitted, key, given[key], limits);
  if (exception != null) {
    for (const [key, value] of Object.entries(describeException(exception))) {
      if (!Object.hasOwn(fitted.attributes, key)) addAttribute(fitted, key, value, limits);
    }
  }
  return fitted;
}

function addAttribute(
  fitted: Fitted,
  key: string,
  given: AnyValue,
  { attributeCountLimit, attributeValueLengthLimit }: LimitSettings['logRecord'],
): void {
  const value = fitValue(given, attributeValueLengthLimit);
  if (key === '' || value === REFUSED) return;
  if (fitted.count < attributeCountLimit) {
    fitted.count += 1;
    fitted.attributes[key] = value;
  } else {
    fitted.dropped += 1;
  }
}

const REFUSED = Symbol('no value of an attribute');
type Refused = typeof REFUSED;
/** What a backend may be sent: readers of protobuf refuse more than 100 messages in another. */
const MAX_DEPTH = 32;

/**
 * Texts are cut to the limit. Circular values, and objects of classes, are none that OTLP has; a
 * second reference to an object is left out too, since a few of them double a value endlessly.
 */
function fitValue(value: unknown, limit: number, seen?: Set<object>): AnyValue | Refused {
  if (typeof value === 'string') return value.length <= limit ? value : value.slice(0, limit);
  if (typeof value === 'number' || typeof value === 'boolean' || value == null) return value;
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (typeof value !== 'object') return REFUSED;
  return fitObject(value, limit, seen ?? new Set(), 0);
}

function fitObject(
  value: object,
  limit: number,
  seen: Set<object>,
  depth: number,
): AnyValue | Refused {
  if (seen.has(value) || depth === MAX_DEPTH) return REFUSED;
  seen.add(value);
  const each = (inner: unknown) =>
    typeof inner === 'object' && inner !== null && !(inner instanceof Uint8Array)
      ? fitObject(inner, limit, seen, depth + 1)
      : fitValue(inner, limit);
  if (Array.isArray(value)) {
    const items: AnyValue[] = [];
    for (const item of value) {
      const fitted = each(item);
      if (fitted === REFUSED) return REFUSED;
      items.push(fitted);
    }
    return items;
  }
  if (value.constructor !== Object && value.constructor !== undefined) return REFUSED;
  const map: Record<string, AnyValue> = {};
  for (const [key, inner] of Object.entries(value)) {
    const fitted = each(inner);
    if (fitted === REFUSED) return REFUSED;
    map[key] = fitted;
  }
  return map;
}
