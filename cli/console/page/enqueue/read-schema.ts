import type { AttributeJson } from '../../console-api.ts';

export type JsonSchema = Record<string, AttributeJson>;

/** How a value is asked for. */
export type Field = { title?: string; description?: string } & (
  | { kind: 'object'; properties: { key: string; required: boolean; field: Field }[] }
  | { kind: 'list'; item: Field }
  | { kind: 'choice'; options: AttributeJson[] }
  | { kind: 'text' }
  | { kind: 'number' }
  | { kind: 'boolean' }
  /** A schema that a form cannot show: it is edited as JSON. */
  | { kind: 'json' }
);

/** A schema that names itself would have no end. */
const DEEPEST = 6;

/** The form of a JSON Schema. What it does not know becomes `json`; the server judges the payload. */
export function readSchema(root: JsonSchema): Field {
  return read(root, root, 0);
}

function read(schema: AttributeJson | undefined, root: JsonSchema, depth: number): Field {
  if (!isObject(schema) || depth > DEEPEST) return { kind: 'json' };
  const { $ref } = schema;
  if (typeof $ref === 'string') return read(resolveReference($ref, root), root, depth + 1);
  const words = {
    ...(typeof schema['title'] === 'string' && { title: schema['title'] }),
    ...(typeof schema['description'] === 'string' && { description: schema['description'] }),
  };
  return { ...words, ...readKind(schema, root, depth) };
}

function readKind(schema: JsonSchema, root: JsonSchema, depth: number): Field {
  const { type, properties, items, anyOf, oneOf, allOf } = schema;
  if (Array.isArray(schema['enum'])) return { kind: 'choice', options: schema['enum'] };
  if (schema['const'] !== undefined) return { kind: 'choice', options: [schema['const']] };
  if (anyOf !== undefined || oneOf !== undefined || allOf !== undefined) return { kind: 'json' };
  if (type === 'string') return { kind: 'text' };
  if (type === 'number' || type === 'integer') return { kind: 'number' };
  if (type === 'boolean') return { kind: 'boolean' };
  if (type === 'array' && isObject(items)) {
    return { kind: 'list', item: read(items, root, depth + 1) };
  }
  if (type !== 'object' || !isObject(properties)) return { kind: 'json' };
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  return {
    kind: 'object',
    properties: Object.entries(properties).map(([key, property]) => ({
      key,
      required: required.includes(key),
      field: read(property, root, depth + 1),
    })),
  };
}

/** Of this document only: `#/$defs/address`. */
export function resolveReference(reference: string, root: JsonSchema): AttributeJson | undefined {
  if (!reference.startsWith('#')) return undefined;
  let found: AttributeJson | undefined = root;
  for (const part of reference.slice(1).split('/').filter(Boolean)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    found = isObject(found) && Object.hasOwn(found, key) ? found[key] : undefined;
  }
  return found;
}

export function isObject(value: AttributeJson | undefined): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
