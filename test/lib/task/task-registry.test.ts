import { expect, expectTypeOf, it } from 'vitest';
import * as z from 'zod/mini';
import {
  createImplementationRegistry,
  createTaskRegistry,
  defineTask,
  InvalidTaskDefinition,
  implementTask,
  type TaskContext,
} from '../../../lib/index.ts';

const one = defineTask({ name: 'one', payload: z.object({ n: z.number() }) });
const two = defineTask({ name: 'two', payload: z.string() });
const otherOne = defineTask({ name: 'one', payload: z.unknown() });
const runOne = implementTask(one, () => {});
const runTwo = implementTask(two, () => {});

it('finds tasks by name, and by nothing that every object has', () => {
  const registry = createTaskRegistry([one, two]);
  expect(registry.get('two')).toBe(two);
  expect(registry.get('constructor')).toBeUndefined();
  expect(registry.get('__proto__')).toBeUndefined();
  expect(createTaskRegistry([]).size).toBe(0);
});

it('refuses two tasks of one name', () => {
  const message = 'Two tasks are named "one". Give one of them another name.';
  expect(() => createTaskRegistry([one, two, otherOne])).toThrow(
    new InvalidTaskDefinition(message),
  );
  expect(() => createImplementationRegistry([runOne, implementTask(otherOne, () => {})])).toThrow(
    message,
  );
  expect(() => createImplementationRegistry([runOne, runTwo], [one, two, otherOne])).toThrow(
    message,
  );
});

it('finds implementations by the name of their task', () => {
  const registry = createImplementationRegistry([runOne, runTwo], [one, two]);
  expect([...registry.keys()]).toEqual(['one', 'two']);
  expect(registry.get('one')).toBe(runOne);
});

it('refuses a contract without its implementation and says what to do', () => {
  expect(() => createImplementationRegistry([runOne], [one, two])).toThrow(
    new InvalidTaskDefinition(
      'Task "two" has a contract and no implementation. ' +
        'Write it with implementTask and add it to the worker.',
    ),
  );
});

it('refuses the implementation of another contract of the same name', () => {
  expect(() => createImplementationRegistry([runOne], [otherOne])).toThrow(
    'Task "one" is implemented for another contract of the same name.',
  );
});

it.each([undefined, null, 'run', {}])('refuses %j as an implementation', (run) => {
  expect(() => implementTask(one, run as never)).toThrow(
    new InvalidTaskDefinition('Task "one": the implementation is not a function.'),
  );
});

it('hands the schema’s output to the implementation', () => {
  implementTask(one, (payload, context) => {
    expectTypeOf(payload).toEqualTypeOf<{ n: number }>();
    expectTypeOf(context).toEqualTypeOf<TaskContext>();
  });
  // @ts-expect-error the payload of `two` is a string
  const wrong = implementTask(two, (payload: number) => payload);
  // Implementations of any payload fit into one list.
  expect(createImplementationRegistry([runOne, wrong]).size).toBe(2);
});
