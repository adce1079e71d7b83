import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type SqsServer,
  type SqsServerOptions,
  startSqsServer,
} from '../../../local/sqs/sqs-server.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function start(options: SqsServerOptions): Promise<{ server: SqsServer; client: SQSClient }> {
  const server = await startSqsServer(options);
  const client = new SQSClient({
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  cleanUps.push(() => server.stop());
  cleanUps.push(() => client.destroy());
  return { server, client };
}

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'leadline-sqs-'));
  cleanUps.push(() => rm(directory, { recursive: true }));
  return directory;
}

/** With `node:http`, since fetch lets nobody choose the Host. */
function statusOf(
  url: string,
  headers: Record<string, string>,
  body: object,
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', reject).end(JSON.stringify(body));
  });
}

const queues = [
  {
    queueName: 'default',
    visibilityTimeoutSeconds: 18,
    redrive: { deadLetterQueueName: 'default-dlq', maxReceiveCount: 3 },
  },
  { queueName: 'default-dlq' },
  { queueName: 'orders.fifo', fifo: true },
];

describe('startSqsServer', () => {
  it('creates the queues with their attributes, a dead-letter queue listed last too', async () => {
    const { server, client } = await start({ queues });
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({
        QueueUrl: server.queueUrl('default'),
        AttributeNames: ['All'],
      }),
    );
    expect(Attributes).toMatchObject({
      QueueArn: 'arn:aws:sqs:us-east-1:000000000000:default',
      VisibilityTimeout: '18',
      MessageRetentionPeriod: '345600',
    });
    expect(JSON.parse(Attributes?.RedrivePolicy ?? '')).toEqual({
      deadLetterTargetArn: server.queueArn('default-dlq'),
      maxReceiveCount: 3,
    });
    expect(server.queueUrl('default')).toBe(`${server.endpoint}/000000000000/default`);
    const listed = await client.send(new ListQueuesCommand({}));
    expect(listed.QueueUrls?.toSorted()).toEqual(
      queues.map((queue) => server.queueUrl(queue.queueName)),
    );
    const found = await client.send(new GetQueueUrlCommand({ QueueName: 'orders.fifo' }));
    expect(found.QueueUrl).toBe(server.queueUrl('orders.fifo'));
  });

  it('lets a dead-letter queue say whose it is', async () => {
    const redriveAllow = { sourceQueueNames: ['default'] };
    const { server, client } = await start({
      queues: [...queues.slice(0, 1), { queueName: 'default-dlq', redriveAllow }],
    });
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({
        QueueUrl: server.queueUrl('default-dlq'),
        AttributeNames: ['RedriveAllowPolicy'],
      }),
    );
    expect(JSON.parse(Attributes?.RedriveAllowPolicy ?? '')).toEqual({
      redrivePermission: 'byQueue',
      sourceQueueArns: [server.queueArn('default')],
    });
  });

  it.each([
    ['a name that was made to point here', { host: 'evil.example:1' }],
    ['a page of another site', { origin: 'http://evil.example' }],
  ])('refuses %s, whatever service it asks for', async (_, headers) => {
    const asked: unknown[] = [];
    const otherServices = (incoming: unknown) => asked.push(incoming);
    const { server, client } = await start({ queues, otherServices });
    const sqs = { 'x-amz-target': 'AmazonSQS.PurgeQueue' };
    const QueueUrl = server.queueUrl('default');
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'kept' }));
    expect(await statusOf(server.endpoint, { ...sqs, ...headers }, { QueueUrl })).toBe(403);
    expect(await statusOf(server.endpoint, headers, {})).toBe(403);
    expect(asked).toEqual([]);
    const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl }));
    expect(Messages?.map((message) => message.Body)).toEqual(['kept']);
  });

  it('answers by any name of this machine, and hands on what is not for SQS', async () => {
    const asked: (string | undefined)[] = [];
    const { server } = await start({
      queues,
      otherServices: (incoming, response) => {
        asked.push(incoming.url);
        response.writeHead(299).end();
      },
    });
    const { port } = new URL(server.endpoint);
    for (const host of [`localhost:${port}`, `[::1]:${port}`, `127.0.0.1:${port}`]) {
      const target = { 'x-amz-target': 'AmazonSQS.ListQueues' };
      expect(await statusOf(server.endpoint, { host, ...target }, {})).toBe(200);
    }
    expect(asked).toEqual([]);
    expect(await statusOf(`${server.endpoint}/elsewhere`, {}, {})).toBe(299);
    expect(asked).toEqual(['/elsewhere']);
  });

  it('opens one port, on 127.0.0.1', async () => {
    const listening = (): number =>
      process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length;
    await expect.poll(listening).toBe(0);
    const { server } = await start({ queues });
    expect(listening()).toBe(1);
    expect(server.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('says so when the port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    cleanUps.push(() => other.close());
    const { port } = other.address() as AddressInfo;
    await expect(startSqsServer({ queues, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('keeps queues and messages in a data directory, over another port', async () => {
    const dataDirectory = await temporaryDirectory();
    const first = await start({ queues, dataDirectory });
    const QueueUrl = first.server.queueUrl('default');
    for (const MessageBody of ['received 😀', 'waiting']) {
      await first.client.send(
        new SendMessageCommand({ QueueUrl, MessageBody, MessageGroupId: 'tenant' }),
      );
    }
    await first.client.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 1 }));
    await first.server.stop();

    const second = await start({
      queues: [{ queueName: 'default', visibilityTimeoutSeconds: 7 }],
      dataDirectory,
    });
    expect(second.server.endpoint).not.toBe(first.server.endpoint);
    const { Attributes } = await second.client.send(
      new GetQueueAttributesCommand({
        QueueUrl: second.server.queueUrl('default'),
        AttributeNames: ['All'],
      }),
    );
    expect(Attributes?.VisibilityTimeout).toBe('7');
    expect(Attributes?.RedrivePolicy).toBeUndefined();
    const found = await second.client.send(new GetQueueUrlCommand({ QueueName: 'default' }));
    expect(found.QueueUrl).toBe(second.server.queueUrl('default'));
    const received = new Map<string | undefined, Record<string, string> | undefined>();
    while (received.size < 2) {
      const { Messages = [] } = await second.client.send(
        new ReceiveMessageCommand({
          QueueUrl: found.QueueUrl,
          WaitTimeSeconds: 5,
          MessageSystemAttributeNames: ['All'],
        }),
      );
      for (const message of Messages) received.set(message.Body, message.Attributes);
    }
    expect(received.get('received 😀')).toMatchObject({
      ApproximateReceiveCount: '2',
      MessageGroupId: 'tenant',
    });
    expect(received.get('waiting')).toMatchObject({ ApproximateReceiveCount: '1' });
  });

  it('keeps the messages of a queue whose region is another one now', async () => {
    const dataDirectory = await temporaryDirectory();
    const first = await start({ queues, dataDirectory });
    await first.client.send(
      new SendMessageCommand({ QueueUrl: first.server.queueUrl('default'), MessageBody: 'kept' }),
    );
    await first.server.stop();
    const second = await start({ queues, dataDirectory, region: 'eu-central-1' });
    const { Messages } = await second.client.send(
      new ReceiveMessageCommand({ QueueUrl: second.server.queueUrl('default') }),
    );
    expect(Messages?.map((message) => message.Body)).toEqual(['kept']);
  });

  it('wakes a long poll on arrival, not when it looks again', async () => {
    const { server, client } = await start({ queues });
    const QueueUrl = server.queueUrl('default');
    const milliseconds: number[] = [];
    for (let round = 0; round < 5; round++) {
      const poll = client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
      await client.send(new GetQueueUrlCommand({ QueueName: 'default' }));
      const sentAt = performance.now();
      await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'wake' }));
      await poll;
      milliseconds.push(performance.now() - sentAt);
    }
    // Looking again, every 50 ms, would take about that long after each send.
    expect(Math.min(...milliseconds)).toBeLessThan(25);
  });

  it('answers open long polls when it stops, within 500 ms', async () => {
    const { server, client } = await start({ queues });
    const poll = client.send(
      new ReceiveMessageCommand({ QueueUrl: server.queueUrl('default'), WaitTimeSeconds: 20 }),
    );
    await client.send(new ListQueuesCommand({}));
    const stoppingAt = performance.now();
    await server.stop();
    expect(performance.now() - stoppingAt).toBeLessThan(500);
    expect((await poll).Messages).toBeUndefined();
  });
});
