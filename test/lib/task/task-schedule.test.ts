import { expect, expectTypeOf, it } from 'vitest';
import * as z from 'zod/mini';
import {
  checkSchedules,
  defineTask,
  InvalidTaskDefinition,
  type Task,
} from '../../../lib/index.ts';

const payload = z.object({ day: z.string() });
const define = (entry: unknown) =>
  checkSchedules(defineTask({ name: 'report', payload, schedule: [entry] } as never) as Task);

it('keeps the schedules of a task', () => {
  const schedule = [
    { cron: '0 3 * * *', timezone: 'Europe/Berlin', payload: { day: 'yesterday' } },
    { rateMinutes: 5, payload: { day: 'today' }, messageGroupId: 'reports' },
  ] as const;
  const task = defineTask({ name: 'report', payload, schedule });
  expect(task.schedule).toEqual(schedule);
  expect(() => checkSchedules(task as Task)).not.toThrow();
});

it('takes payloads of the type that the schema takes, and no others', () => {
  // @ts-expect-error a number is no day; the value itself is checked when the stack is synthesized
  defineTask({ name: 'report', payload, schedule: [{ rateMinutes: 1, payload: { day: 1 } }] });
  const task = defineTask({
    name: 'a',
    payload,
    schedule: [{ rateMinutes: 1, payload: { day: '' } }],
  });
  expectTypeOf(task).toExtend<Task>();
  expect(task.schedule).toHaveLength(1);
});

it.each([
  [{ payload: {} }, 'give either cron, as "0 3 * * *", or rateMinutes.'],
  [{ cron: '0 3 * * *', rateMinutes: 1, payload: {} }, 'give either cron'],
  [{ cron: 3, payload: {} }, 'cron "3": give five fields'],
  [{ rateMinutes: 0, payload: {} }, 'rateMinutes is 0; use a whole number of 1 or more.'],
  [{ rateMinutes: 1.5, payload: {} }, 'rateMinutes is 1.5'],
  [{ cron: '0 3 * * *', timezone: 'Berlin', payload: {} }, 'timezone is "Berlin"; give an IANA'],
  [{ cron: '0 3 * * *', timezone: '+02:00', payload: {} }, 'timezone is "+02:00"; give an IANA'],
  [{ cron: '0 3 * * *', timezone: 'europe/berlin', payload: {} }, 'timezone is "europe/berlin"'],
  [{ rateMinutes: 1, timezone: 'UTC', payload: {} }, 'timezone is "UTC"'],
  [{ rateMinutes: 1, messageGroupId: '', payload: {} }, 'messageGroupId is ""; use 1 to 128'],
  [{ rateMinutes: 1 }, 'payload is missing.'],
])('refuses %j', (entry, message) => {
  expect(() => define(entry)).toThrow(InvalidTaskDefinition);
  expect(() => define(entry)).toThrow(message);
  expect(() => define(entry)).toThrow(/^(Task "report": schedule\[0\]: |cron )/);
});

it('names the tasks that it enqueues, as text, so that two may enqueue each other', () => {
  const task = defineTask({ name: 'a', payload, enqueues: ['b', 'a'] });
  expect(task.enqueues).toEqual(['b', 'a']);
  expect(() => defineTask({ name: 'a', payload, enqueues: [task as never] })).toThrow(
    'give the names of tasks.',
  );
});
