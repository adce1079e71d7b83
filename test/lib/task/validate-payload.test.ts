import type { StandardSchemaV1 } from '@standard-schema/spec';
import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { defineTask, InvalidPayload } from '../../../lib/index.ts';
import { validatePayload } from '../../../lib/task/validate-payload.ts';

/** A Standard Schema of no library, as a user may write one. */
function schema(validate: StandardSchemaV1.Props['validate']): StandardSchemaV1<unknown, unknown> {
  return { '~standard': { version: 1, vendor: 'test', validate } };
}

it('gives the output of the schema', async () => {
  const task = defineTask({
    name: 'a',
    payload: z.pipe(
      z.string(),
      z.transform((text: string) => text.length),
    ),
  });
  await expect(validatePayload(task, 'four')).resolves.toBe(4);
});

it('awaits a schema that validates asynchronously', async () => {
  const task = defineTask({ name: 'a', payload: schema(async (value) => ({ value })) });
  await expect(validatePayload(task, 1)).resolves.toBe(1);
  const refusing = defineTask({
    name: 'a',
    payload: schema(async () => ({ issues: [{ message: 'no' }] })),
  });
  await expect(validatePayload(refusing, 1)).rejects.toThrow(InvalidPayload);
});

it('gives every issue with the keys of its path', async () => {
  const task = defineTask({
    name: 'a',
    payload: z.object({ id: z.string(), items: z.array(z.object({ n: z.number() })) }),
  });
  const error = await validatePayload(task, { id: 1, items: [{ n: 1 }, { n: 'x' }] }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(InvalidPayload);
  expect((error as InvalidPayload).issues.map(({ path }) => path)).toEqual([
    ['id'],
    ['items', 1, 'n'],
  ]);
});

it('reads paths in every form that Standard Schema allows', async () => {
  const issues = [
    { message: 'm', path: ['a', { key: 'b' }, { key: 0 }, Symbol('s')] },
    { message: 'm' },
  ];
  const task = defineTask({ name: 'a', payload: schema(() => ({ issues })) });
  await expect(validatePayload(task, {})).rejects.toMatchObject({
    issues: [
      { path: ['a', 'b', 0, 'Symbol(s)'], message: 'm' },
      { path: [], message: 'm' },
    ],
  });
});
