import { InvalidOtlpError } from './invalid-otlp-error.ts';

/**
 * Readers of single fields. They take a field as JSON has it and as protobufjs gives it, so that
 * the two encodings cannot drift apart. Per the protobuf JSON mapping a null is a field that is
 * not there, an int64 may be a string or a number, and NaN and the infinities are strings.
 */
export type Message = Record<string, unknown>;

export function readMessage(value: unknown, field: string): Message {
  if (value === undefined || value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as Message;
  throw new InvalidOtlpError(`${field}: an object is expected`);
}

/** Maps every element, and adds its position to the message of what it throws. */
export function mapMessages<T>(value: unknown, field: string, read: (message: Message) => T): T[] {
  return readList(value, field).map((element, index) => {
    try {
      return read(readMessage(element ?? {}, 'element'));
    } catch (error) {
      if (!(error instanceof InvalidOtlpError)) throw error;
      throw new InvalidOtlpError(`${field}[${index}].${error.message}`);
    }
  });
}

export function readList(value: unknown, field: string): unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw new InvalidOtlpError(`${field}: an array is expected`);
}

export function readString(value: unknown, field: string): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  throw new InvalidOtlpError(`${field}: a string is expected`);
}

export function readBoolean(value: unknown, field: string): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value === 'boolean') return value;
  throw new InvalidOtlpError(`${field}: true or false is expected`);
}

/** Any 64-bit integer; 0n when the field is not there. */
export function readInteger(value: unknown, field: string): bigint {
  if (value === undefined || value === null) return 0n;
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) return BigInt(value);
  throw new InvalidOtlpError(`${field}: a whole number is expected`);
}

/** As a fixed64: a time in nanoseconds since 1970. */
export function readTime(value: unknown, field: string): bigint {
  const time = readInteger(value, field);
  if (time === BigInt.asUintN(64, time)) return time;
  throw new InvalidOtlpError(`${field}: a time between 0 and 2^64 - 1 is expected`);
}

export function readCount(value: unknown, field: string): number {
  return Number(readTime(value, field));
}

/** Undefined when the field is not there: an absent sum or minimum is not 0. */
export function readDouble(value: unknown, field: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && value.trim() !== '') {
    const number = Number(value);
    if (!Number.isNaN(number) || value === 'NaN') return number;
  }
  throw new InvalidOtlpError(`${field}: a number is expected`);
}

/** A trace id (16 bytes) or span id (8), in lower-case hexadecimal; undefined when all zero. */
export function readId(value: unknown, bytes: 8 | 16, field: string): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const id = value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
  if (id === '') return undefined;
  // OTLP/JSON has ids in hexadecimal, not in the base64 of the protobuf JSON mapping.
  if (typeof id !== 'string' || id.length !== bytes * 2 || !/^[0-9a-f]+$/i.test(id)) {
    throw new InvalidOtlpError(`${field}: ${bytes * 2} hexadecimal digits are expected`);
  }
  return /^0+$/.test(id) ? undefined : id.toLowerCase();
}

export function readRequiredId(value: unknown, bytes: 8 | 16, field: string): string {
  const id = readId(value, bytes, field);
  if (id === undefined) throw new InvalidOtlpError(`${field}: an id is required`);
  return id;
}
