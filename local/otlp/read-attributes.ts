import { InvalidOtlpError } from './invalid-otlp-error.ts';
import {
  type Message,
  mapMessages,
  readBoolean,
  readDouble,
  readInteger,
  readList,
  readMessage,
  readString,
} from './otlp-fields.ts';
import type { Attributes, AttributeValue, Scope } from './telemetry-record.ts';

/**
 * protobufjs stops at 100 levels of messages and a map within a map takes three. One bound for
 * both encodings, and one that the stack can bear: JSON has none of its own.
 */
const maxDepth = 24;

/** A list of key-value pairs; of a repeated key the last value counts. */
export function readAttributes(value: unknown, field = 'attributes', depth = 0): Attributes {
  // fromEntries defines its keys, so a key `__proto__` is a key like any other.
  return Object.fromEntries(
    mapMessages(value, field, (pair): [string, AttributeValue] => [
      readString(pair['key'], 'key'),
      readAnyValue(pair['value'], 'value', depth),
    ]),
  );
}

export function readAnyValue(value: unknown, field: string, depth = 0): AttributeValue {
  if (depth > maxDepth) throw new InvalidOtlpError(`${field}: over ${maxDepth} levels deep`);
  const any: Message = readMessage(value, field);
  const isSet = (name: string) => any[name] !== undefined && any[name] !== null;

  if (isSet('stringValue')) return readString(any['stringValue'], 'stringValue');
  if (isSet('boolValue')) return readBoolean(any['boolValue'], 'boolValue');
  if (isSet('intValue')) return readExactInteger(any['intValue']);
  if (isSet('doubleValue')) return readDouble(any['doubleValue'], 'doubleValue') ?? null;
  if (isSet('arrayValue')) {
    const { values } = readMessage(any['arrayValue'], 'arrayValue');
    return readList(values, 'values').map((item) => readAnyValue(item, 'values', depth + 1));
  }
  if (isSet('kvlistValue')) {
    const { values } = readMessage(any['kvlistValue'], 'kvlistValue');
    return readAttributes(values, 'kvlistValue.values', depth + 1);
  }
  if (isSet('bytesValue')) return readBytes(any['bytesValue']);
  return null;
}

export function readResource(value: unknown): Attributes {
  return readAttributes(readMessage(value, 'resource')['attributes'], 'resource.attributes');
}

export function readScope(value: unknown): Scope {
  const scope = readMessage(value, 'scope');
  const version = readString(scope['version'], 'scope.version');
  return { name: readString(scope['name'], 'scope.name'), ...(version !== '' && { version }) };
}

function readExactInteger(value: unknown): number | string {
  const integer = readInteger(value, 'intValue');
  const number = Number(integer);
  // JavaScript's JSON exporter writes 1e300 as an int; digits beyond an int64 would be made up.
  const keepsNumber = Number.isSafeInteger(number) || integer !== BigInt.asIntN(64, integer);
  return keepsNumber ? number : integer.toString();
}

function readBytes(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return Buffer.from(readString(value, 'bytesValue'), 'base64').toString('base64');
}
