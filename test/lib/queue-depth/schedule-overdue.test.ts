import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { defineTask, type Task } from '../../../lib/index.ts';
import type { ScheduleWatch } from '../../../lib/queue-depth.ts';
import { startDepth } from './start-depth.ts';

const NOW = new Date('2026-11-26T12:00:00Z');
const payload = z.null();
const report = defineTask({
  name: 'report',
  payload,
  schedule: [
    { cron: '0 3 * * *', payload: null },
    { rateMinutes: 5, payload: null },
  ],
}) as Task;
const never = defineTask({ name: 'never', payload }) as Task;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
});
afterEach(() => void vi.useRealTimers());

/** A depth function with two schedules, whose last runs are these. */
async function start(lastRuns: Record<string, string>, watch: Partial<ScheduleWatch> = {}) {
  const noted: [string, Date][] = [];
  const asked: (readonly string[])[] = [];
  const schedules: ScheduleWatch = {
    tasks: [report, never],
    async readLastRuns(names) {
      asked.push(names);
      return new Map(Object.entries(lastRuns).map(([name, at]) => [name, new Date(at)]));
    },
    async noteFirstSeen(name, at) {
      noted.push([name, at]);
    },
    ...watch,
  };
  const depth = await startDepth({ schedules });
  depth.aws.queues.set('app-a', { visible: 3 });
  const overdue = () =>
    Object.fromEntries(
      depth
        .points('schedule.overdue')
        .map(({ attributes, value }) => [String(attributes['schedule.name']), value]),
    );
  return { ...depth, noted, asked, overdue };
}

it('tells of each schedule whether a run is missing, and since when', async () => {
  const { run, overdue, asked, noted, points } = await start({
    'report-0': '2026-11-26T03:00:20Z',
    'report-1': '2026-11-26T11:45:00Z',
  });
  await run();
  expect(overdue()).toEqual({ 'report-0': 0, 'report-1': 600 });
  expect(points('schedule.overdue').map(({ attributes }) => attributes['task.name'])).toEqual([
    'report',
    'report',
  ]);
  expect(asked).toEqual([['report-0', 'report-1']]);
  expect(noted).toEqual([]);
});

it('a schedule that was never seen is in time, and is kept as seen', async () => {
  const { run, overdue, noted } = await start({ 'report-0': '2026-11-26T03:00:00Z' });
  await run();
  expect(overdue()).toEqual({ 'report-0': 0, 'report-1': 0 });
  expect(noted).toEqual([['report-1', NOW]]);
});

it.each<[string, Partial<ScheduleWatch>]>([
  ['a read that fails', { readLastRuns: () => Promise.reject(new Error('denied')) }],
  [
    'a read that throws',
    {
      readLastRuns: () => {
        throw new Error('denied');
      },
    },
  ],
  [
    'a first time that cannot be kept',
    { noteFirstSeen: () => Promise.reject(new Error('denied')) },
  ],
])('%s takes its gauges alone, with one warning', async (_, watch) => {
  const { run, overdue, values, warnings } = await start({}, watch);
  await run();
  expect(overdue()).toEqual({});
  expect(values('queue.depth')).toEqual({ a: 3 });
  expect(warnings()).toEqual(['schedules could not be compared with their last runs']);
});

it('a read that hangs holds up the queues for 3 s and no longer', async () => {
  const { run, values, warnings } = await start({}, { readLastRuns: () => new Promise(() => {}) });
  const started = performance.now();
  await run();
  expect(performance.now() - started).toBeLessThan(6_000);
  expect(values('queue.depth')).toEqual({ a: 3 });
  expect(warnings()).toEqual(['schedules could not be compared with their last runs']);
}, 15_000);

it('asks for nothing where no task has a schedule', async () => {
  const { run, asked, overdue } = await start({}, { tasks: [never] });
  await run();
  expect(asked).toEqual([]);
  expect(overdue()).toEqual({});
});

it('refuses a schedule that says no time when it is made', async () => {
  const bad = defineTask({
    name: 'bad',
    payload,
    schedule: [{ cron: '0 25 * * *', payload: null }],
  }) as Task;
  await expect(start({}, { tasks: [bad] })).rejects.toThrow('the hour is "25"');
});
