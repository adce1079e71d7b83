import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { describeContract } from '../../../../cli/console/contracts/describe-contract.ts';
import { samplePayloads } from '../../../../cli/console/contracts/sample-payload.ts';
import { defineTask } from '../../../../lib/index.ts';
import { repository } from '../../../support/repository.ts';

const place = { projectDirectory: repository, fifo: false };
const contractOf = (payload: Parameters<typeof defineTask>[0]['payload']) =>
  describeContract(defineTask({ name: 'ship', payload }), place);

const schemas: [string, z.ZodMiniType][] = [
  ['an order', z.object({ order_id: z.string().check(z.minLength(1)) })],
  ['a payment', z.object({ payment_id: z.string(), amount: z.number().check(z.positive()) })],
  ['formats', z.object({ mail: z.email(), id: z.uuid(), at: z.iso.datetime(), page: z.url() })],
  [
    'bounds',
    z.object({ n: z.int().check(z.gte(3), z.lte(3)), s: z.string().check(z.minLength(40)) }),
  ],
  ['below', z.object({ n: z.number().check(z.lt(-5)), m: z.number().check(z.lte(0)) })],
  [
    'choices',
    z.object({
      size: z.enum(['s', 'm']),
      kind: z.literal('x'),
      or: z.union([z.int(), z.string()]),
    }),
  ],
  ['optional ones', z.object({ a: z.optional(z.string()), b: z.nullable(z.string()) })],
  ['lists', z.object({ items: z.array(z.object({ name: z.string() })).check(z.minLength(2)) })],
  ['no object', z.string()],
];

it.each(schemas)('makes a payload that %s takes', async (_, schema) => {
  const { samples } = await contractOf(schema);
  expect(samples).toHaveLength(1);
  expect(z.safeParse(schema, samples[0]?.payload)).toMatchObject({ success: true });
});

it('names subjects, as somebody would', async () => {
  const { samples } = await contractOf(z.object({ order_id: z.string(), note: z.string() }));
  expect(samples).toEqual([{ name: 'sample', payload: { order_id: 'order-1', note: 'note' } }]);
});

it('takes the examples of a schema', async () => {
  const payload = z.object({ id: z.string() }).register(z.globalRegistry, {
    examples: [{ id: 'flaky-1' }, { id: 'declined-1' }],
  } as never);
  expect((await contractOf(payload)).samples).toEqual([
    { name: 'example 1', payload: { id: 'flaky-1' } },
    { name: 'example 2', payload: { id: 'declined-1' } },
  ]);
});

describe('a schema of another library', () => {
  const validate = (value: unknown) => ({ value });

  it('gives its own JSON Schema where it has the standard for it', async () => {
    const json = { type: 'object', properties: { a: { const: 1 } }, required: ['a'] };
    const jsonSchema = { input: () => json, output: () => json };
    const contract = await contractOf({
      '~standard': { version: 1, vendor: 'other', validate, jsonSchema },
    } as never);
    expect(contract.schema).toEqual(json);
    expect(contract.samples[0]?.payload).toEqual({ a: 1 });
  });

  it.each([
    ['has none', undefined],
    [
      'throws',
      {
        input: () => {
          throw new Error('transform');
        },
      },
    ],
    ['gives nonsense', { input: () => 'nonsense' }],
  ])('leaves an empty payload to edit where it %s', async (_, jsonSchema) => {
    const contract = await contractOf({
      '~standard': { version: 1, vendor: 'other', validate, jsonSchema },
    } as never);
    expect(contract.schema).toBeUndefined();
    expect(contract.samples).toEqual([{ name: 'empty', payload: {} }]);
  });
});

it('makes something of a schema that contains itself', async () => {
  const node: z.ZodMiniType = z.object({
    name: z.string(),
    get children() {
      return z.array(node);
    },
  });
  const { samples } = await contractOf(node);
  expect(samples[0]?.payload).toMatchObject({ name: 'name' });
});

it('makes something of whatever calls itself a schema', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (schema) => {
      expect(samplePayloads(schema as never).length).toBeGreaterThan(0);
    }),
  );
});

it('bounds a sample, whatever lengths a schema asks for', () => {
  const huge = { type: 'string', minLength: 1e9 };
  const list = {
    type: 'array',
    minItems: 1e9,
    items: { type: 'array', minItems: 1e9, items: huge },
  };
  expect(JSON.stringify(samplePayloads(list as never)).length).toBeLessThan(200_000);
});
