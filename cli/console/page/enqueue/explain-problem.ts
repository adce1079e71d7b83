import type { AttributeJson, PayloadProblem } from '../../console-api.ts';
import { formatValue } from '../format/format-json.ts';
import { type PayloadPath, valueAt } from './payload-path.ts';
import { isObject, type JsonSchema, resolveReference } from './read-schema.ts';

/** All that some schemas say, as those of zod/mini without a language. */
const SAYS_NOTHING = 'Invalid input';

/** The problem's own words, or what the JSON Schema asks of the value where it has none. */
export function explainProblem(
  problem: PayloadProblem,
  root: JsonSchema | undefined,
  payload: AttributeJson | undefined,
): string {
  const { path, message } = problem;
  if (root === undefined || message !== SAYS_NOTHING) return message;
  const parts = parsePath(path);
  const schema = schemaAt(root, parts);
  if (schema === undefined) return message;
  return describeFault(schema, valueAt(payload, parts)) ?? message;
}

/** The way back from `formatPath`; a key with a dot in it is not found, and keeps its words. */
function parsePath(path: string): PayloadPath {
  return [...path.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([key, index]) =>
    index === undefined ? key : Number(index),
  );
}

function schemaAt(root: JsonSchema, path: PayloadPath): JsonSchema | undefined {
  let schema = follow(root, root);
  for (const part of path) {
    const below: AttributeJson | undefined =
      typeof part === 'number' ? schema?.['items'] : propertyOf(schema, part);
    schema = follow(below, root);
  }
  return schema;
}

function propertyOf(schema: JsonSchema | undefined, key: string): AttributeJson | undefined {
  const properties = schema?.['properties'];
  return isObject(properties) && Object.hasOwn(properties, key) ? properties[key] : undefined;
}

function follow(schema: AttributeJson | undefined, root: JsonSchema): JsonSchema | undefined {
  if (!isObject(schema)) return undefined;
  const { $ref } = schema;
  if (typeof $ref !== 'string') return schema;
  const found = resolveReference($ref, root);
  return isObject(found) ? found : undefined;
}

function describeFault(schema: JsonSchema, value: AttributeJson | undefined): string | undefined {
  if (value === undefined) return `Required: ${describeType(schema) ?? 'it is missing'}.`;
  if (Array.isArray(schema['enum']) && !schema['enum'].includes(value)) {
    return `Has to be one of ${schema['enum'].map(formatValue).join(', ')}.`;
  }
  if (schema['const'] !== undefined && schema['const'] !== value) {
    return `Has to be ${formatValue(schema['const'])}.`;
  }
  if (!hasType(schema['type'], value)) {
    const wanted = describeType(schema);
    return wanted && `Has to be ${wanted}.`;
  }
  if (typeof value === 'string') return describeText(schema, value);
  if (typeof value === 'number') return describeNumber(schema, value);
  if (Array.isArray(value)) return describeList(schema, value.length);
  return undefined;
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'null',
};

function describeType({ type }: JsonSchema): string | undefined {
  const types = Array.isArray(type) ? type : [type];
  const known = types.flatMap((each) => TYPES[String(each)] ?? []);
  return known.length === 0 ? undefined : known.join(' or ');
}

function hasType(type: AttributeJson | undefined, value: AttributeJson): boolean {
  if (type === undefined) return true;
  if (Array.isArray(type)) return type.some((each) => hasType(each, value));
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isObject(value);
  if (type === 'null') return value === null;
  return typeof value === type;
}

function describeText(schema: JsonSchema, text: string): string | undefined {
  const { minLength, maxLength, pattern, format } = schema;
  if (typeof minLength === 'number' && text.length < minLength) {
    return text === '' && minLength === 1
      ? 'Must not be empty.'
      : `Needs at least ${minLength} characters, and has ${text.length}.`;
  }
  if (typeof maxLength === 'number' && text.length > maxLength) {
    return `May have ${maxLength} characters at most, and has ${text.length}.`;
  }
  // Those have a pattern, too, that says less.
  if (typeof format === 'string') return `Has to be of the format ${format}.`;
  return typeof pattern === 'string' ? `Has to match ${pattern}` : undefined;
}

const BOUNDS: readonly [
  key: string,
  words: string,
  breaks: (value: number, bound: number) => boolean,
][] = [
  ['exclusiveMinimum', 'greater than', (value, bound) => value <= bound],
  ['minimum', 'at least', (value, bound) => value < bound],
  ['exclusiveMaximum', 'less than', (value, bound) => value >= bound],
  ['maximum', 'at most', (value, bound) => value > bound],
  ['multipleOf', 'a multiple of', (value, bound) => value % bound !== 0],
];

function describeNumber(schema: JsonSchema, value: number): string | undefined {
  for (const [key, words, breaks] of BOUNDS) {
    const bound = schema[key];
    if (typeof bound === 'number' && breaks(value, bound)) return `Has to be ${words} ${bound}.`;
  }
  return undefined;
}

function describeList(schema: JsonSchema, length: number): string | undefined {
  const { minItems, maxItems } = schema;
  if (typeof minItems === 'number' && length < minItems) return `Needs at least ${minItems}.`;
  if (typeof maxItems === 'number' && length > maxItems) return `Takes ${maxItems} at most.`;
  return undefined;
}
