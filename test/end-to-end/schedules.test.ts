import { expect, it, onTestFinished } from 'vitest';
import { encodeMessage } from '../../lib/index.ts';
import { startTestStack } from '../support/test-stack.ts';
import { QUEUE } from '../support/test-stack-description.ts';

it('a task runs on the local stack when its schedule is due', async () => {
  let time = Date.parse('2026-11-26T02:59:30Z');
  const stack = await startTestStack({
    now: () => time,
    schedules: [
      {
        name: 'nightly',
        expression: 'cron(0 3 * * ? *)',
        targetArn: `arn:aws:sqs:us-east-1:000000000000:${QUEUE}`,
        input: () =>
          encodeMessage({
            id: '<aws.scheduler.execution-id>',
            task: 'process_order',
            payload: { order_id: 'o-1' },
            schedule: 'process_order-0',
          }),
      },
    ],
  });
  onTestFinished(() => stack.stop());
  time = Date.parse('2026-11-26T03:00:00Z');
  const span = await stack.telemetry.waitFor(
    (telemetry) => telemetry.spans().find(({ kind }) => kind === 'CONSUMER'),
    { describe: 'the span of the scheduled task' },
  );
  expect(span.attributes).toMatchObject({
    'task.name': 'process_order',
    'task.outcome': 'completed',
    'task.id': expect.stringMatching(/^[0-9a-f]{32}$/),
  });
}, 60_000);
