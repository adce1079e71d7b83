import { describe, expect, expectTypeOf, it } from 'vitest';
import * as z from 'zod/mini';
import {
  defineTask,
  InvalidTaskDefinition,
  type Task,
  type TaskInput,
  type TaskPayload,
} from '../../../lib/index.ts';

const payload = z.object({ order_id: z.string() });

function refusal(options: Record<string, unknown>): InvalidTaskDefinition {
  try {
    defineTask({ name: 'process_order', payload, ...options } as never);
  } catch (error) {
    if (error instanceof InvalidTaskDefinition) return error;
    throw error;
  }
  throw new Error(`accepted ${JSON.stringify(options)}`);
}

it('has the defaults of the documentation', () => {
  expect(defineTask({ name: 'process_order', payload })).toEqual({
    name: 'process_order',
    queue: 'default',
    payload,
    retry: { maxAttempts: 5, minDelaySeconds: 2, maxDelaySeconds: 300 },
    timeoutSeconds: 30,
    http: false,
    schedule: [],
    enqueues: [],
    idempotent: false,
  });
});

it('keeps what was given and fills up the rest of the retry policy', () => {
  const task = defineTask({
    name: 'a',
    queue: 'high',
    payload,
    retry: { maxAttempts: 1 },
    timeoutSeconds: 0.5,
    http: true,
  });
  expect(task).toMatchObject({ queue: 'high', timeoutSeconds: 0.5, http: true });
  expect(task.retry).toEqual({ maxAttempts: 1, minDelaySeconds: 2, maxDelaySeconds: 300 });
});

it('cannot be changed afterwards', () => {
  const task = defineTask({ name: 'a', payload });
  expect(() => Object.assign(task, { queue: 'other' })).toThrow(TypeError);
  expect(() => Object.assign(task.retry, { maxAttempts: 9 })).toThrow(TypeError);
});

describe('names', () => {
  it.each(['a', 'process_order', 'billing.invoice-v2', `a${'0'.repeat(79)}`])(
    'takes %s',
    (name) => {
      expect(defineTask({ name, payload }).name).toBe(name);
    },
  );

  it.each([
    '',
    'A',
    '1a',
    '_a',
    'a b',
    'a/b',
    'é',
    'a\n',
    `a${'0'.repeat(80)}`,
    undefined,
    7,
    null,
  ])('refuses %j', (name) => {
    const { message } = refusal({ name });
    expect(message).toContain(`Task ${JSON.stringify(name)}: `);
    expect(message).toContain('1 to 80 characters of a-z, 0-9, "_", "." and "-"');
  });
});

it.each([
  [{ queue: '' }, 'queue is ""; use 1 to 80 letters, digits, "_" and "-".'],
  [{ queue: 'a b' }, 'queue is "a b"'],
  [{ queue: 'a.fifo' }, 'queue is "a.fifo"'],
  [{ queue: 3 }, 'queue is 3'],
  [{ payload: undefined }, 'payload is not a Standard Schema; give e.g. z.object({ ... }) of zod.'],
  [{ payload: {} }, 'payload is not a Standard Schema'],
  [{ payload: null }, 'payload is not a Standard Schema'],
  [{ retry: { maxAttempts: 0 } }, 'retry.maxAttempts is 0; use a whole number from 1 to 900.'],
  [{ retry: { maxAttempts: 1.5 } }, 'retry.maxAttempts is 1.5'],
  [{ retry: { maxAttempts: 901 } }, 'retry.maxAttempts is 901'],
  [{ retry: { maxAttempts: undefined } }, 'retry.maxAttempts is undefined'],
  [
    { retry: { minDelaySeconds: -1 } },
    'retry.minDelaySeconds is -1; use a whole number of seconds from 0 to 43200.',
  ],
  [{ retry: { maxDelaySeconds: 43_201 } }, 'retry.maxDelaySeconds is 43201'],
  [{ retry: { maxDelaySeconds: Number.NaN } }, 'retry.maxDelaySeconds is NaN'],
  [
    { retry: { minDelaySeconds: 10, maxDelaySeconds: 5 } },
    'retry.minDelaySeconds (10) is over maxDelaySeconds (5).',
  ],
  [{ timeoutSeconds: 0 }, 'timeoutSeconds is 0; use a number over 0 and up to 900.'],
  [{ timeoutSeconds: 901 }, 'timeoutSeconds is 901'],
  [{ timeoutSeconds: Number.NaN }, 'timeoutSeconds is NaN'],
  [{ timeoutSeconds: '30' }, 'timeoutSeconds is 30'],
])('refuses %j', (options, message) => {
  expect(refusal(options).message).toContain(`Task "process_order": ${message}`);
});

it.each([
  { retry: { maxAttempts: 900 } },
  { retry: { minDelaySeconds: 0, maxDelaySeconds: 0 } },
  { retry: { maxDelaySeconds: 43_200 } },
  { timeoutSeconds: 900 },
  { queue: 'Q-1_x' },
])('takes the limit itself: %j', (options) => {
  expect(defineTask({ name: 'a', payload, ...options })).toMatchObject(options);
});

it('gives input and output types of the schema', () => {
  const task = defineTask({
    name: 'a',
    payload: z.object({
      at: z.pipe(
        z.string(),
        z.transform((text: string) => new Date(text)),
      ),
    }),
  });
  expectTypeOf<TaskInput<typeof task>>().toEqualTypeOf<{ at: string }>();
  expectTypeOf<TaskPayload<typeof task>>().toEqualTypeOf<{ at: Date }>();
  expectTypeOf(task).toExtend<Task>();
  // @ts-expect-error a task without a payload schema is no task
  expect(() => defineTask({ name: 'a' })).toThrow(InvalidTaskDefinition);
});
