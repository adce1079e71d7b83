import { toError } from './error-type.ts';
import { redact } from './redact.ts';

/** A value as a log line can hold it. */
export type Loggable =
  | string
  | number
  | boolean
  | null
  | readonly Loggable[]
  | { readonly [key: string]: Loggable };

/** Characters of one text, and of one value in all: the largest that a log line is worth. */
const MAX_TEXT = 8_192;
const MAX_TOTAL = 65_536;
const MAX_ENTRIES = 100;
const MAX_DEPTH = 4;
/** What anything counts for that is no text: a number, a bracket, a comma. */
const SMALL = 8;
/** As long as one may be. */
const NUMBER = 24;

/** What is left of MAX_TOTAL, and the objects around the current one. */
interface Conversion {
  left: number;
  readonly ancestors: Set<object>;
}

/**
 * Makes anything safe to write: a circular, huge, throwing or binary value becomes something
 * readable and never breaks the task that logged it. Keeps at most 4 levels and 100 entries each,
 * 8,192 characters of a text and 65,536 in all, keys and numbers included.
 */
export function toLoggable(value: unknown): Loggable {
  return (
    copySimple(value) ?? convertSafely(value, MAX_DEPTH, { left: MAX_TOTAL, ancestors: new Set() })
  );
}

/** What nearly every record has: so few entries, and so short, that no bound is near. */
const SIMPLE_ENTRIES = 32;
const SIMPLE_TEXT = 512;

/** A plain object of such values, copied as it is: converting costs five times as much. */
function copySimple(value: unknown): Loggable | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  try {
    if (Object.getPrototypeOf(value) !== Object.prototype) return undefined;
    const copy: Record<string, Loggable> = {};
    let entries = 0;
    for (const key in value) {
      entries += 1;
      const each: unknown = (value as Record<string, unknown>)[key];
      if (entries > SIMPLE_ENTRIES || key === '__proto__') return undefined;
      if (!isSimpleText(key) || !isSimple(each)) return undefined;
      copy[key] = each;
    }
    return copy;
  } catch {
    // A getter, or a proxy.
    return undefined;
  }
}

function isSimple(value: unknown): value is string | number | boolean {
  if (typeof value === 'string') return isSimpleText(value);
  return typeof value === 'boolean' || Number.isFinite(value);
}

function isSimpleText(text: string): boolean {
  return text.length <= SIMPLE_TEXT && redact(text) === text;
}

/** The beginning of a text that is too long, and how long it was; without AWS's session token. */
export function cutText(whole: string, most: number = MAX_TEXT): string {
  const text = redact(whole);
  return text.length <= most
    ? text
    : `${text.slice(0, most).toWellFormed()}… (${text.length} characters)`;
}

function convertSafely(value: unknown, depth: number, conversion: Conversion): Loggable {
  try {
    return convert(value, depth, conversion);
  } catch (error) {
    return sayThrown(error, conversion);
  }
}

function convert(value: unknown, depth: number, conversion: Conversion): Loggable {
  conversion.left -= SMALL;
  switch (typeof value) {
    case 'string':
      return take(value, conversion);
    case 'boolean':
      return value;
    case 'number':
      conversion.left -= NUMBER - SMALL;
      return Number.isFinite(value) ? value : String(value);
    case 'object':
      return value === null ? null : convertObject(value, depth, conversion);
    case 'function':
      return take(`[function ${value.name}]`, conversion);
    default:
      return take(String(value), conversion);
  }
}

/** Counts as well: an object may be full of getters that throw. */
function sayThrown(error: unknown, conversion: Conversion): string {
  return take(`[threw: ${cutText(toError(error).message, 200)}]`, conversion);
}

function take(text: string, conversion: Conversion): string {
  if (conversion.left <= 0) return '…';
  const kept = cutText(text, Math.max(0, Math.min(MAX_TEXT, conversion.left)));
  conversion.left -= kept.length;
  return kept;
}

function convertObject(value: object, depth: number, conversion: Conversion): Loggable {
  const { ancestors } = conversion;
  const say = (text: string) => take(text, conversion);
  if (value instanceof Date) {
    return say(Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString());
  }
  if (ancestors.has(value)) return say('[circular]');
  if (ArrayBuffer.isView(value)) return say(`[${value.byteLength} bytes]`);
  if (depth === 0) return say(Array.isArray(value) ? '[array]' : '[object]');
  ancestors.add(value);
  try {
    return convertEntries(value, depth - 1, conversion);
  } finally {
    ancestors.delete(value);
  }
}

function convertEntries(value: object, depth: number, conversion: Conversion): Loggable {
  const each = (inner: unknown) => convertSafely(inner, depth, conversion);
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
  if (Array.isArray(value) || value instanceof Set) {
    const items: Loggable[] = [];
    for (const item of value) {
      if (items.length === MAX_ENTRIES || conversion.left <= 0) break;
      items.push(each(item));
    }
    return items;
  }
  const source = value instanceof Map ? Object.fromEntries(value) : value;
  const result: Record<string, Loggable> = {};
  let entries = 0;
  for (const key of Object.keys(source)) {
    if (entries === MAX_ENTRIES || conversion.left <= 0) break;
    entries += 1;
    setOwn(result, take(key, conversion), readEntry(source, key, depth, conversion));
  }
  return result;
}

function readEntry(source: object, key: string, depth: number, conversion: Conversion): Loggable {
  try {
    return convert((source as Record<string, unknown>)[key], depth, conversion);
  } catch (error) {
    return sayThrown(error, conversion);
  }
}

/** A key `__proto__` is a key like any other. */
function setOwn(target: Record<string, Loggable>, key: string, value: Loggable): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  } else {
    target[key] = value;
  }
}
