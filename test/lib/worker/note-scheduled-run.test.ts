import type { SQSRecord } from 'aws-lambda';
import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import {
  defineTask,
  encodeMessage,
  implementTask,
  type ScheduleIdentity,
} from '../../../lib/index.ts';
import type { ScheduleRuns } from '../../../lib/state/schedule-runs.ts';
import { createImplementationRegistry } from '../../../lib/task/task-registry.ts';
import { createRecord } from '../../../lib/testing.ts';
import { readMessage } from '../../../lib/worker/message-facts.ts';
import { noteScheduledRun } from '../../../lib/worker/note-scheduled-run.ts';

const report = defineTask({
  name: 'report',
  payload: z.null(),
  schedule: [{ cron: '0 3 * * *', timezone: 'Europe/Berlin', payload: null }],
});
const registry = createImplementationRegistry([implementTask(report, async () => {})]);
const queue = { name: 'default', sqsName: 'app-default', url: 'https://sqs/1/app-default' };
const DUE = new Date('2026-03-26T03:00:00Z');

async function note(body: string, record: ScheduleRuns['record'] = async () => {}) {
  const noted: [ScheduleIdentity, Date][] = [];
  const warnings: unknown[] = [];
  const log = { warn: (...line: unknown[]) => void warnings.push(line) };
  const sqsRecord: SQSRecord = { ...createRecord(report, null), body };
  await noteScheduledRun(
    readMessage(sqsRecord, queue as never, registry),
    {
      record: (schedule, due, signal) => {
        noted.push([schedule, due]);
        return record(schedule, due, signal);
      },
    } as ScheduleRuns,
    log as never,
    AbortSignal.timeout(1_000),
  );
  return { noted, warnings };
}
const body = (more: object) => encodeMessage({ id: 'i', task: 'report', payload: null, ...more });

it('notes the run with the timing of its schedule, under the time that it was due', async () => {
  const { noted } = await note(body({ schedule: 'report-0', enqueuedAt: DUE }));
  expect(noted).toEqual([[{ name: 'report-0', timing: '0 3 * * * Europe/Berlin' }, DUE]]);
});

it('a time to come is now, or it would hide the runs that are missing until then', async () => {
  const before = Date.now();
  const enqueuedAt = new Date(before + 86_400_000);
  const [[, due] = []] = (await note(body({ schedule: 'report-0', enqueuedAt }))).noted;
  expect(due?.getTime()).toBeGreaterThanOrEqual(before);
  expect(due?.getTime()).toBeLessThanOrEqual(Date.now());
});

it.each([
  ['a message of no schedule', body({ enqueuedAt: DUE })],
  ['a schedule that the task does not have', body({ schedule: 'report-1', enqueuedAt: DUE })],
  ["another task's schedule", body({ schedule: 'other-0', enqueuedAt: DUE })],
  ['a task that is not known', body({ task: 'other', schedule: 'other-0' })],
  ['what is no message', 'not JSON'],
])('notes nothing of %s', async (_, text) => {
  expect((await note(text)).noted).toEqual([]);
});

it('a table that does not take it is a warning, and nothing else', async () => {
  const { warnings } = await note(body({ schedule: 'report-0' }), () =>
    Promise.reject(new Error('throttled')),
  );
  expect(warnings).toEqual([
    [
      'the run of a schedule could not be noted',
      { 'schedule.name': 'report-0', 'error.message': 'throttled' },
    ],
  ]);
});
