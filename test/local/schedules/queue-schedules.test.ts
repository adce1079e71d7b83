import { type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Template } from 'aws-cdk-lib/assertions';
import { expect, it, onTestFinished } from 'vitest';
import { decodeMessage } from '../../../lib/index.ts';
import { createRunTarget } from '../../../local/schedules/run-target.ts';
import { startSchedules } from '../../../local/schedules/start-schedules.ts';
import { startSqsServer } from '../../../local/sqs/sqs-server.ts';
import { describeTemplate } from '../../../local/template/describe-template.ts';
import type { Template as ReadTemplate } from '../../../local/template/template.ts';
import { task, taskQueues, useFixtureBundles } from '../../infra/synthesize.ts';

const bundles = useFixtureBundles();
const account = { region: 'us-east-1', accountId: '000000000000' };
const payload = { id: 'é\uFFFE"' };

/** The stack of these tasks as CDK makes it, with a real SQS and a clock of its own. */
async function start(from: string) {
  const tasks = [
    task({
      name: 'nightly',
      schedule: [{ cron: '0 3 * * MON-FRI', timezone: 'Europe/Berlin', payload }],
    }),
    task({ name: 'ordered', queue: 'line', schedule: [{ rateMinutes: 5, payload }] }),
  ];
  const queues = { default: {}, line: { fifo: true } };
  const { stack } = taskQueues({ bundles: bundles(), tasks, queues });
  const template = describeTemplate(Template.fromStack(stack).toJSON() as ReadTemplate);
  const sqs = await startSqsServer({ queues: template.queues });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new SQSClient({ endpoint: sqs.endpoint, region: 'us-east-1', credentials });
  let time = Date.parse(from);
  const warnings: string[] = [];
  const runner = startSchedules(template.schedules, {
    runTarget: createRunTarget({
      invoke: async () => {},
      sqsClient: client,
      queueUrl: sqs.queueUrl,
    }),
    addresses: sqs,
    account,
    onWarning: (message) => warnings.push(message),
    now: () => time,
  });
  onTestFinished(async () => {
    runner.stop();
    client.destroy();
    await sqs.stop();
  });
  const receive = async (queueName: string, waitSeconds = 5): Promise<Message | undefined> => {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: sqs.queueUrl(queueName),
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: ['All'],
      }),
    );
    expect(Messages.length).toBeLessThanOrEqual(1);
    return Messages[0];
  };
  return {
    warnings,
    receive,
    advance: (to: string) => {
      time = Date.parse(to);
    },
  };
}

it('a cron schedule sends its message to a standard queue, at the time of its zone', async () => {
  // A Thursday in winter: 3:00 in Berlin is 2:00 UTC.
  const { receive, advance, warnings } = await start('2026-11-26T01:59:00Z');
  advance('2026-11-26T02:00:01Z');
  const message = await receive('dev-default');
  expect(decodeMessage(message?.Body ?? '', 'fallback')).toEqual({
    v: 1,
    id: expect.stringMatching(/^[0-9a-f]{32}$/),
    task: 'nightly',
    payload,
    enqueuedAt: new Date('2026-11-26T02:00:00Z'),
    schedule: 'nightly-0',
  });
  expect(warnings).toEqual([]);
});

it('does not run on a day that it leaves out', async () => {
  const { receive, advance } = await start('2026-11-28T01:59:30Z');
  advance('2026-11-28T02:00:01Z');
  // The other schedule is a rate of 5 minutes; when it has run, this one would have, too.
  advance('2026-11-28T02:05:00Z');
  expect(await receive('dev-line.fifo')).toBeDefined();
  expect(await receive('dev-default', 0)).toBeUndefined();
});

it('a rate sends to a FIFO queue by SendMessage, each run with a deduplication id of its own', async () => {
  const { receive, advance, warnings } = await start('2026-11-26T12:00:00Z');
  advance('2026-11-26T12:05:00Z');
  const first = await receive('dev-line.fifo');
  expect(decodeMessage(first?.Body ?? '', '')).toMatchObject({
    task: 'ordered',
    payload,
    schedule: 'ordered-0',
  });
  expect(first?.Attributes).toMatchObject({
    MessageGroupId: 'ordered',
    MessageDeduplicationId: 'ordered-0-2026-11-26T12:05:00Z',
  });
  expect(warnings).toEqual([]);
});
