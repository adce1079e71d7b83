import { describe, expect, it, test } from 'vitest';
import { describeStage } from '../../infra/config.ts';

it('is the stage dev unless another is asked for', () => {
  expect(describeStage().stage).toBe('dev');
});

it('keeps queues in prod only', () => {
  expect(describeStage('prod').retainQueues).toBe(true);
  expect(describeStage('dev').retainQueues).toBe(false);
});

it('has task state on the local stack only, since it costs three writes a message', () => {
  expect(describeStage('local').taskState).toBe(true);
  for (const stage of ['dev', 'prod']) expect(describeStage(stage).taskState).toBe(false);
});

it('enqueues for later than 15 minutes on the local stack only, since it is a right more', () => {
  expect(describeStage('local').oneTimeSchedules).toBe(true);
  for (const stage of ['dev', 'prod']) expect(describeStage(stage).oneTimeSchedules).toBe(false);
});

it('takes the token from a parameter of the stage', () => {
  expect(describeStage('prod').oneuptime.tokenParameter).toBe('/leadline/prod/oneuptime-token');
});

it('has the queues of the local stack', () => {
  expect(Object.keys(describeStage().queues)).toEqual(['high', 'default', 'low']);
});

describe('a stage that cannot be part of a name', () => {
  test.each(['', 'Prod', '1st', 'a_b', 'a'.repeat(17)])('%j is refused', (stage) => {
    expect(() => describeStage(stage)).toThrow(
      `stage is ${JSON.stringify(stage)}; use 1 to 16 of a-z, 0-9 and "-"`,
    );
  });
});
