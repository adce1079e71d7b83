import { toError } from './error-type.ts';

/** A value as a log line can hold it. */
export type Loggable =
  | string
  | number
  | boolean
  | null
  | readonly Loggable[]
  | { readonly [key: string]: Loggable };

/**
 * Makes anything safe to write: a circular, huge, throwing or binary value becomes something
 * readable and never breaks the task that logged it. Keeps at most 4 levels and 100 entries each.
 */
export function toLoggable(value: unknown, depth = 4): Loggable {
  return safely(() => convert(value, depth, new Set()));
}

const MAX_ENTRIES = 100;

function convert(value: unknown, depth: number, ancestors: Set<object>): Loggable {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'object':
      return value === null ? null : convertObject(value, depth, ancestors);
    case 'function':
      return `[function ${value.name}]`;
    default:
      return String(value);
  }
}

function convertObject(value: object, depth: number, ancestors: Set<object>): Loggable {
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  }
  if (ancestors.has(value)) return '[circular]';
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth === 0) return Array.isArray(value) ? '[array]' : '[object]';
  ancestors.add(value);
  try {
    return convertEntries(value, (inner) => safely(() => convert(inner, depth - 1, ancestors)));
  } finally {
    ancestors.delete(value);
  }
}

function convertEntries(value: object, each: (inner: unknown) => Loggable): Loggable {
  if (value instanceof Error) {
    const { name, message, stack, cause } = value;
    return {
      name: each(name),
      message: each(message),
      ...(stack !== undefined && { stack: each(stack) }),
      ...(cause !== undefined && { cause: each(cause) }),
    };
  }
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === 'function') return each(toJSON.call(value));
  if (Array.isArray(value)) return value.slice(0, MAX_ENTRIES).map(each);
  const source = value instanceof Map ? Object.fromEntries(value) : value;
  if (source instanceof Set) return [...source].slice(0, MAX_ENTRIES).map(each);
  const keys = Object.keys(source).slice(0, MAX_ENTRIES);
  // fromEntries defines its keys, so a key `__proto__` is a key like any other.
  return Object.fromEntries(
    keys.map((key) => [key, safely(() => each((source as Record<string, unknown>)[key]))]),
  );
}

function safely(read: () => Loggable): Loggable {
  try {
    return read();
  } catch (error) {
    return `[threw: ${toError(error).message}]`;
  }
}
