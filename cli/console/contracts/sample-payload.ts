import type { AttributeJson } from '../console-api.ts';
import type { JsonSchema } from './json-schema.ts';

/** A schema may contain itself. */
const MAX_DEPTH = 6;

/**
 * Payloads to begin with: the `examples` of the schema, or one that is made from it. That one may
 * need changes, as where a pattern is asked for.
 */
export function samplePayloads(
  schema: JsonSchema | undefined,
): { name: string; payload: AttributeJson }[] {
  const examples = schema?.['examples'];
  if (Array.isArray(examples) && examples.length > 0) {
    return examples.map((payload, index) => ({ name: `example ${index + 1}`, payload }));
  }
  if (schema === undefined) return [{ name: 'empty', payload: {} }];
  return [{ name: 'sample', payload: sampleOf(schema, '', { root: schema, depth: 0 }) }];
}

interface Place {
  root: JsonSchema;
  depth: number;
}

function sampleOf(schema: JsonSchema, name: string, place: Place): AttributeJson {
  const resolved = follow(schema, place.root);
  for (const given of ['const', 'default'] as const) {
    if (resolved[given] !== undefined) return resolved[given];
  }
  const [first] = listOf(resolved['examples']) ?? listOf(resolved['enum']) ?? [];
  if (first !== undefined) return first;
  const [option] = listOf(resolved['anyOf']) ?? listOf(resolved['oneOf']) ?? [];
  const deeper = { ...place, depth: place.depth + 1 };
  if (isSchema(option) && place.depth < MAX_DEPTH) return sampleOf(option, name, deeper);
  switch (listOf(resolved['type'])?.[0] ?? resolved['type']) {
    case 'string':
      return sampleText(resolved, name);
    case 'integer':
    case 'number':
      return sampleNumber(resolved);
    case 'boolean':
      return false;
    case 'array':
      return sampleArray(resolved, name, deeper);
    case 'object':
      return sampleObject(resolved, deeper);
    default:
      return null;
  }
}

function sampleObject(schema: JsonSchema, place: Place): AttributeJson {
  const required = listOf(schema['required']) ?? [];
  const properties = isSchema(schema['properties']) ? schema['properties'] : {};
  if (place.depth > MAX_DEPTH) return {};
  return Object.fromEntries(
    required.flatMap((name) => {
      const property = properties[String(name)];
      return isSchema(property) ? [[String(name), sampleOf(property, String(name), place)]] : [];
    }),
  );
}

function sampleArray(schema: JsonSchema, name: string, place: Place): AttributeJson {
  const items = schema['items'];
  const length = Math.min(Number(schema['minItems'] ?? 0), 10);
  if (!isSchema(items) || place.depth > MAX_DEPTH) return [];
  return Array.from({ length: Math.max(length, 1) }, () => sampleOf(items, name, place));
}

const FORMATS: Readonly<Record<string, string>> = {
  date: '2026-01-31',
  'date-time': '2026-01-31T12:00:00Z',
  time: '12:00:00Z',
  email: 'somebody@example.com',
  uri: 'https://example.com',
  uuid: '00000000-0000-4000-8000-000000000000',
};

function sampleText(schema: JsonSchema, name: string): string {
  const formatted = FORMATS[String(schema['format'])];
  if (formatted !== undefined) return formatted;
  // As in order_id: "order-1".
  const subject = /^(.+?)[_-]?id$/i.exec(name)?.[1];
  const text = subject === undefined ? name || 'text' : `${subject}-1`;
  const min = Math.min(Number(schema['minLength'] ?? 0), 1_000);
  return text.padEnd(min, 'x').slice(0, Number(schema['maxLength'] ?? Number.POSITIVE_INFINITY));
}

function sampleNumber(schema: JsonSchema): number {
  const bound = (key: string, step: number) =>
    typeof schema[key] === 'number' ? schema[key] + step : undefined;
  const whole = schema['type'] === 'integer';
  const above = bound('minimum', 0) ?? bound('exclusiveMinimum', 1);
  const below = bound('maximum', 0) ?? bound('exclusiveMaximum', whole ? -1 : -0.001);
  // zod's integers are between those that a double holds.
  const low = above === undefined || above < -1e15 ? 1 : Math.max(above, Math.min(1, below ?? 1));
  const number = below === undefined ? low : Math.min(low, below);
  return whole ? Math.ceil(number) : number;
}

function follow(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const reference = schema['$ref'];
  if (typeof reference !== 'string' || !reference.startsWith('#')) return schema;
  let found: AttributeJson | undefined = root;
  for (const key of reference.split('/').slice(1)) {
    found = isSchema(found) ? found[key.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined;
  }
  // One step: where that is a reference again there is no sample.
  return isSchema(found) ? found : {};
}

function isSchema(value: AttributeJson | undefined): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: AttributeJson | undefined): AttributeJson[] | undefined {
  return Array.isArray(value) ? value : undefined;
}
