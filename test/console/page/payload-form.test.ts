import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AttributeJson } from '../../../cli/console/console-api.ts';
import {
  formatPath,
  valueAt,
  withValueAt,
} from '../../../cli/console/page/enqueue/payload-path.ts';
import { type JsonSchema, readSchema } from '../../../cli/console/page/enqueue/read-schema.ts';

describe('readSchema', () => {
  test('takes a reference of its own document for what it names', () => {
    const schema: JsonSchema = {
      type: 'object',
      properties: { to: { $ref: '#/$defs/address' } },
      required: ['to'],
      $defs: { address: { type: 'string', title: 'Address' } },
    };
    expect(readSchema(schema)).toEqual({
      kind: 'object',
      properties: [{ key: 'to', required: true, field: { kind: 'text', title: 'Address' } }],
    });
  });

  test.each<[string, JsonSchema]>([
    ['a union', { anyOf: [{ type: 'string' }, { type: 'number' }] }],
    ['a map', { type: 'object', additionalProperties: { type: 'number' } }],
    ['a reference to elsewhere', { $ref: 'https://example.com/schema.json' }],
    ['a list of types', { type: ['string', 'null'] }],
  ])('has %s edited as JSON', (_, schema) => {
    expect(readSchema(schema)).toEqual({ kind: 'json' });
  });

  test('comes to an end where a schema names itself', () => {
    const schema: JsonSchema = {
      type: 'object',
      properties: { child: { $ref: '#' } },
    };
    expect(JSON.stringify(readSchema(schema))).toContain('"kind":"json"');
  });

  test('makes a field of whatever is JSON', () => {
    void fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (schema) => {
        expect(readSchema(schema as JsonSchema).kind).toBeTypeOf('string');
      }),
    );
  });
});

describe('a value in a payload', () => {
  const payload: AttributeJson = { order: { items: [{ name: 'lead' }, { name: 'line' }] } };
  const path = ['order', 'items', 1, 'name'];

  test('is named as the server names the place of a problem', () => {
    expect(formatPath(path)).toBe('order.items[1].name');
  });

  test('is replaced, and the payload that was there stays as it was', () => {
    const next = withValueAt(payload, path, 'rope');
    expect(valueAt(next, path)).toBe('rope');
    expect(valueAt(payload, path)).toBe('line');
  });

  test('is taken out: a key is absent, an element leaves no hole', () => {
    expect(withValueAt(payload, ['order'], undefined)).toEqual({});
    expect(withValueAt(payload, ['order', 'items', 0], undefined)).toEqual({
      order: { items: [{ name: 'line' }] },
    });
  });

  test('is made with what leads to it', () => {
    expect(withValueAt(undefined, ['a', 0, 'b'], 1)).toEqual({ a: [{ b: 1 }] });
  });

  test('can have any name', () => {
    const next = withValueAt({}, ['__proto__'], 1);
    expect(JSON.stringify(next)).toBe('{"__proto__":1}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
