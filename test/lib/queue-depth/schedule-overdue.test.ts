import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import * as z from 'zod/mini';
import { defineTask, type ScheduleIdentity, type Task } from '../../../lib/index.ts';
import type { ScheduleWatch } from '../../../lib/queue-depth.ts';
import { startStateBench } from '../../support/state-bench.ts';
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
const NIGHTLY = { name: 'report-0', timing: '0 3 * * * UTC' };
const OFTEN = { name: 'report-1', timing: 'every 5 minutes' };
const reportAt = (cron: string) =>
  defineTask({ name: 'report', payload, schedule: [{ cron, payload: null }] }) as Task;
const never = defineTask({ name: 'never', payload }) as Task;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
});
afterEach(() => void vi.useRealTimers());

/** A depth function with two schedules, whose last runs are these. */
async function start(lastRuns: Record<string, string>, watch: Partial<ScheduleWatch> = {}) {
  const noted: [ScheduleIdentity, Date][] = [];
  const asked: (readonly ScheduleIdentity[])[] = [];
  const schedules: ScheduleWatch = {
    tasks: [report, never],
    async readLastRuns(identities) {
      asked.push(identities);
      return new Map(Object.entries(lastRuns).map(([name, at]) => [name, new Date(at)]));
    },
    async noteFirstSeen(schedule, at) {
      noted.push([schedule, at]);
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
  expect(asked).toEqual([[NIGHTLY, OFTEN]]);
  expect(noted).toEqual([]);
});

it('a schedule that was never seen is in time, and is kept as seen', async () => {
  const { run, overdue, noted } = await start({ 'report-0': '2026-11-26T03:00:00Z' });
  await run();
  expect(overdue()).toEqual({ 'report-0': 0, 'report-1': 0 });
  expect(noted).toEqual([[OFTEN, NOW]]);
});

it('a weekly schedule that is made a daily one is not overdue at once', async () => {
  const table = await startStateBench();
  onTestFinished(() => table.stop());
  const { schedules } = table.state;
  const weekly = reportAt('0 3 * * MON');
  const lastRun = new Date('2026-11-23T03:00:00Z');
  await schedules.record({ name: 'report-0', timing: '0 3 * * MON UTC' }, lastRun);
  const watch = (task: Task) => ({
    tasks: [task],
    readLastRuns: schedules.last,
    noteFirstSeen: schedules.noteFirstSeen,
  });
  const before = await start({}, watch(weekly));
  await before.run();
  expect(before.overdue()).toEqual({ 'report-0': 0 });
  const daily = await start({}, watch(reportAt('0 3 * * *')));
  await daily.run();
  expect(daily.overdue()).toEqual({ 'report-0': 0 });
  vi.setSystemTime(new Date('2026-11-27T03:10:00Z'));
  await daily.run();
  expect(daily.points('schedule.overdue').at(-1)?.value).toBe(600);
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
