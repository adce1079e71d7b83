import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, it, onTestFinished } from 'vitest';
import { buildFunctions } from '../../cli/build/build-functions.ts';
import { encodeMessage } from '../../lib/index.ts';
import { copyProject } from '../support/copy-project.ts';
import { startTestStack } from '../support/test-stack.ts';
import { QUEUE } from '../support/test-stack-description.ts';

const DAY_MS = 86_400_000;

it('a scheduled run that did not happen is overdue, until it does', async () => {
  const project = await copyProject();
  const { directory } = project;
  const contract = 'functions/tasks/process-order.ts';
  const source = await readFile(join(directory, contract), 'utf8');
  const schedule = "schedule: [{ cron: '0 3 * * *', payload: { order_id: 'nightly' } }],";
  await project.write(contract, source.replace('http: true,', `http: true, ${schedule}`));
  await buildFunctions({ projectDirectory: directory });
  const stack = await startTestStack({
    bundleDirectory: join(directory, 'dist/functions'),
    observed: true,
    taskState: true,
    // Its schedules stand still: the test says when the depth is sampled.
    now: () => 0,
  });
  onTestFinished(async () => {
    await stack.stop();
    await project.remove();
  });
  const completed = () =>
    stack.telemetry.spans().filter(({ attributes }) => attributes['task.outcome'] === 'completed');
  const run = async (enqueuedAt: Date) => {
    const before = completed().length;
    await stack.sqsClient.send(
      new SendMessageCommand({
        QueueUrl: stack.sqs.queueUrl(QUEUE),
        MessageBody: encodeMessage({
          id: `run-${enqueuedAt.getTime()}`,
          task: 'process_order',
          payload: { order_id: 'nightly' },
          schedule: 'process_order-0',
          enqueuedAt,
        }),
      }),
    );
    await stack.telemetry.waitFor(() => completed().length > before, { describe: 'the run' });
  };
  const overdue = async () => {
    const points = () =>
      stack.telemetry.points().filter(({ metric }) => metric === 'schedule.overdue');
    const before = points().length;
    await stack.lambda.invoke('e2e-sample-queue-depth', '{}');
    await stack.telemetry.waitFor(() => points().length > before, { describe: 'the gauge' });
    return points().at(-1);
  };
  await run(new Date(Date.now() - 2 * DAY_MS));
  const missing = await overdue();
  expect(missing?.attributes).toEqual({
    'task.name': 'process_order',
    'schedule.name': 'process_order-0',
  });
  // Due within a day after the last run, and not since.
  expect(missing?.value).toBeGreaterThanOrEqual(DAY_MS / 1000);
  await run(new Date());
  expect((await overdue())?.value).toBe(0);
}, 120_000);
