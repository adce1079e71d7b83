import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { chain, defineTask, group, InvalidTaskDefinition, step } from '../../../lib/index.ts';

const task = defineTask({ name: 't', payload: z.unknown() });
const after = defineTask({ name: 'after', payload: z.unknown() });
const NOT_A_STEP = 'A chain or group takes tasks and steps.';

describe('a chain', () => {
  it('has its steps in their order, tasks and steps alike', () => {
    const { kind, steps } = chain([step(task, 1), after, step(task, { a: 1 }, { resultAs: 'b' })]);
    expect(kind).toBe('chain');
    expect(steps).toEqual([
      { task, payload: 1, options: {} },
      { task: after, options: {} },
      { task, payload: { a: 1 }, options: { resultAs: 'b' } },
    ]);
  });

  it('of nothing is refused', () => {
    expect(() => chain([])).toThrow('A chain without a step has no end.');
  });

  it.each([null, undefined, 't', 7, {}, [], () => task, Promise.resolve(task), chain([task])])(
    'refuses %s as a step',
    (value) => {
      expect(() => chain([value as never])).toThrow(NOT_A_STEP);
    },
  );

  it('does not change with the list that it was made of', () => {
    const steps = [step(task, 1)];
    const made = chain(steps);
    steps.push(step(task, 2));
    expect(made.steps).toHaveLength(1);
    expect(Object.isFrozen(made.steps)).toBe(true);
  });
});

describe('a group', () => {
  it('takes 1 to 1,000 members', () => {
    const members = Array.from({ length: 1_000 }, () => step(task, 1));
    expect(group(members).members).toHaveLength(1_000);
    expect(() => group([...members, task])).toThrow(
      'A group has 1001 members; it takes 1 to 1000.',
    );
    expect(() => group([])).toThrow('A group has 0 members; it takes 1 to 1000.');
  });

  it('is made anew by `then`, with the task that follows', () => {
    const alone = group([step(task, 1)]);
    const followed = alone.then(after);
    expect(followed.follower).toEqual({ task: after, options: {} });
    expect(alone).not.toHaveProperty('follower');
  });

  it('takes one task that follows', () => {
    expect(() =>
      group([step(task, 1)])
        .then(after)
        .then(after),
    ).toThrow('has one task that follows');
  });

  it.each([
    ['', group([step(task, 1)])],
    ['that something follows', group([step(task, 1)]).then(after)],
  ])('%s that is awaited by mistake says what is wrong', async (_, awaited) => {
    const error = await (async () => await (awaited as unknown as Promise<unknown>))().catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(InvalidTaskDefinition);
    expect(String(error)).toContain('It is no promise: hand it to producer.enqueueWorkflow.');
  });
});
