import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startSchedules } from '../../local/start-schedules.ts';

const START = Date.UTC(2026, 0, 15, 12, 0, 0);

beforeEach(() => {
  vi.useFakeTimers({ now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

const schedule = {
  name: 'depth',
  functionName: 'sample-queue-depth',
  rateSeconds: 10,
  input: '{"time":"<aws.scheduler.scheduled-time>"}',
};

function start(invoke: () => Promise<unknown> = async () => {}) {
  const events: string[] = [];
  const warnings: string[] = [];
  const schedules = startSchedules(
    [schedule],
    (functionName, event) => {
      events.push(`${functionName} ${event}`);
      return invoke();
    },
    (message) => warnings.push(message),
  );
  return { events, warnings, schedules };
}

const run = (time: string) => `sample-queue-depth {"time":"2026-01-15T${time}Z"}`;

it('runs every 10 s with the time it was due, in RFC 3339', async () => {
  const { events } = start();
  await vi.advanceTimersByTimeAsync(9_999);
  expect(events).toEqual([]);
  await vi.advanceTimersByTimeAsync(20_001);
  expect(events).toEqual([run('12:00:10'), run('12:00:20'), run('12:00:30')]);
});

it('names the time that a run was due when its timer is late', async () => {
  const { events } = start();
  vi.setSystemTime(START + 3_200);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(events).toEqual([run('12:00:10')]);
});

it('is not kept from its next run by one that hangs', async () => {
  const { events } = start(() => new Promise(() => {}));
  await vi.advanceTimersByTimeAsync(30_000);
  expect(events).toHaveLength(3);
});

it('warns of a run that failed, and goes on', async () => {
  const { events, warnings } = start(async () => {
    throw new Error('no instance');
  });
  await vi.advanceTimersByTimeAsync(20_000);
  expect(events).toHaveLength(2);
  expect(warnings).toEqual(['Schedule depth: no instance', 'Schedule depth: no instance']);
});

it('ends at once, without a word about the run that the end cuts off', async () => {
  let cutOff = (_: Error): void => {};
  const { events, warnings, schedules } = start(
    () =>
      new Promise((_, reject) => {
        cutOff = reject;
      }),
  );
  await vi.advanceTimersByTimeAsync(10_000);
  schedules.stop();
  cutOff(new Error('The local Lambda service was stopped'));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(events).toHaveLength(1);
  expect(warnings).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});
