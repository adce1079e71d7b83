import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, it, onTestFinished } from 'vitest';
import type { Overview } from '../../../../cli/console/console-api.ts';
import { startSqsServer } from '../../../../local/sqs/sqs-server.ts';
import { waitUntil } from '../../../local/lambda/wait-until.ts';
import { startConsoleBench } from '../../../support/console-bench.ts';
import { askConsole, postConsole } from '../../../support/console-request.ts';
import { listenToEvents } from '../../../support/listen-to-events.ts';

const QUEUES = [
  { queueName: 'dev-default-dlq' },
  {
    queueName: 'dev-default',
    redrive: { deadLetterQueueName: 'dev-default-dlq', maxReceiveCount: 2 },
  },
  { queueName: 'dev-mail.fifo', fifo: true },
  // Of the stage dev-2.
  { queueName: 'dev-2-default' },
];
const source = { queueNames: ['default', 'mail'] };

it('shows the queues of the stage by what SQS says, and no telemetry', async () => {
  const { api, client, sqs } = await startConsoleBench({ queues: QUEUES, source });
  const send = (name: string) =>
    client.send(new SendMessageCommand({ QueueUrl: sqs.queueUrl(name), MessageBody: '{}' }));
  await Promise.all([send('dev-default'), send('dev-default'), send('dev-default-dlq')]);

  const { queues, rates } = (await askConsole(api('overview'))).json as Overview;
  expect(rates).toBeUndefined();
  expect(queues).toMatchObject([
    {
      name: 'default',
      sqsName: 'dev-default',
      fifo: false,
      depth: 2,
      dead: 1,
      dlq: 'dev-default-dlq',
    },
    { name: 'mail', sqsName: 'dev-mail.fifo', fifo: true, depth: 0, dead: 0 },
  ]);
  expect(queues[0]?.history).toEqual([[queues[0]?.readAt, 2, 0, 1]]);
  expect(queues[1]?.dlq).toBeUndefined();

  expect((await askConsole(api('settings'))).json).toMatchObject({
    source: 'aws',
    telemetry: false,
  });
  expect((await askConsole(api('tasks'))).json.tasks).toEqual([]);
  expect((await askConsole(api('runs'))).json).toEqual({ runs: [] });
  const run = await askConsole(api('runs/some-run'));
  expect([run.status, run.json.error.message]).toEqual([404, expect.stringContaining('OneUptime')]);
});

it('tells what waits, what is delayed and what somebody has, and takes all dead letters for dead', async () => {
  const { api, client, sqs } = await startConsoleBench({ queues: QUEUES, source });
  const send = (name: string, DelaySeconds = 0) => {
    const QueueUrl = sqs.queueUrl(name);
    return client.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}', DelaySeconds }));
  };
  const take = (name: string, count: number) =>
    client.send(
      new ReceiveMessageCommand({ QueueUrl: sqs.queueUrl(name), MaxNumberOfMessages: count }),
    );
  for (const name of ['dev-default', 'dev-default-dlq']) {
    for (let number = 0; number < 6; number += 1) await send(name);
    for (let number = 0; number < 3; number += 1) await send(name, 600);
    await take(name, 2);
  }
  const { queues } = (await askConsole(api('overview'))).json as Overview;
  expect(queues[0]).toMatchObject({ depth: 4, inFlight: 2, delayed: 3, dead: 9 });
  expect(queues[0]?.history).toEqual([[queues[0]?.readAt, 4, 2, 9]]);
});

it('asks SQS while a page is open, and not when none is', async () => {
  let asked = 0;
  const bench = await startConsoleBench({
    queues: QUEUES,
    source: (own) => ({
      ...source,
      clients: {
        ...own.clients,
        getQueueAttributes: (...args) => {
          asked += 1;
          return own.clients.getQueueAttributes(...args);
        },
      },
    }),
  });
  await askConsole(bench.api('overview'));
  const [before, since] = [asked, Date.now()];
  expect(before).toBeGreaterThan(0);
  await waitUntil('time for three more readings', () => Date.now() - since > 400);
  expect(asked).toBe(before);

  const stream = await listenToEvents(bench.api('events?topics=overview'));
  await waitUntil('readings', () => stream.of('overview').length >= 3);
  expect(asked).toBeGreaterThanOrEqual(3 * before);
});

it('keeps the last figures, says what is wrong, and goes on when AWS answers again', async () => {
  const bench = await startConsoleBench({ queues: QUEUES, source });
  const { api, client, sqs } = bench;
  await client.send(
    new SendMessageCommand({ QueueUrl: sqs.queueUrl('dev-default'), MessageBody: '{}' }),
  );
  const stream = await listenToEvents(api('events?topics=overview'));
  const newest = () => stream.of('overview').at(-1)?.queues[0];
  await waitUntil('the message', () => newest()?.depth === 1);
  const { port } = new URL(sqs.endpoint);
  await sqs.stop();
  await waitUntil('an error', () => newest()?.error !== undefined, 20_000);
  expect(newest()).toMatchObject({
    depth: 1,
    error: expect.stringMatching(/ECONNREFUSED|Timeout/),
  });
  const failed = stream.of('overview').at(-1)?.queues[0];
  expect(failed?.point).toBeUndefined();

  const again = await startSqsServer({ queues: QUEUES, port: Number(port) });
  onTestFinished(() => again.stop());
  await waitUntil('an answer', () => newest()?.error === undefined, 20_000);
  expect(newest()?.depth).toBe(0);
}, 60_000);

it('does not redrive or purge a dead-letter queue of several queues by the name of one', async () => {
  const redrive = { deadLetterQueueName: 'dev-dead', maxReceiveCount: 2 };
  const shared = [
    { queueName: 'dev-dead' },
    { queueName: 'dev-default', redrive },
    { queueName: 'dev-high', redrive },
  ];
  const { api, client, sqs } = await startConsoleBench({ queues: shared });
  await client.send(
    new SendMessageCommand({
      QueueUrl: sqs.queueUrl('dev-dead'),
      MessageBody: '{"task":"ship","payload":{}}',
    }),
  );
  const all = await postConsole(api('dead-letters/high/redrive'), {});
  expect([all.status, all.json.error.code]).toEqual([409, 'shared']);
  const purge = await postConsole(api('dead-letters/high/purge'), { confirm: 'high' });
  expect(purge.status).toBe(409);

  const { letters } = (await askConsole(api('dead-letters/high'))).json;
  expect(letters).toHaveLength(1);
  const chosen = await postConsole(api('dead-letters/high/redrive'), {
    ids: [letters[0].messageId],
  });
  expect(chosen.json).toEqual({ redriven: 1, failed: [] });
});
