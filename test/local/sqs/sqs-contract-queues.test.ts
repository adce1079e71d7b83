import { randomUUID } from 'node:crypto';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ContractBench, expectRefusal, startContractBench } from './contract-bench.ts';

let bench: ContractBench;
beforeAll(async () => {
  bench = await startContractBench();
});
afterAll(() => bench.stop());

const prefix = `leadline-list-${randomUUID()}`;
/** Sorted by locale, the capital would come between the small letters. */
const names = ['-B', '-a', '-c', '_d', 'e'].map((end) => `${prefix}${end}`);

async function list(input: object) {
  const { QueueUrls, NextToken } = await bench.client.send(new ListQueuesCommand(input));
  return { names: QueueUrls?.map((url) => url.split('/').at(-1) as string), NextToken };
}

describe('ListQueues', () => {
  const urls: string[] = [];
  beforeAll(async () => {
    for (const QueueName of [...names, `other-${prefix}`]) {
      const { QueueUrl } = await bench.client.send(new CreateQueueCommand({ QueueName }));
      urls.push(QueueUrl as string);
    }
  });
  afterAll(async () => {
    for (const QueueUrl of urls) await bench.client.send(new DeleteQueueCommand({ QueueUrl }));
  });

  it('lists the queues whose names begin with the prefix, letter case included', async () => {
    expect((await list({ QueueNamePrefix: prefix })).names?.toSorted()).toEqual(names.toSorted());
    const upper = await list({ QueueNamePrefix: prefix.toUpperCase() });
    expect(upper).toEqual({ names: undefined, NextToken: undefined });
  });

  it('gives every queue in one of its pages, and a token until the last', async () => {
    const listed: string[] = [];
    let NextToken: string | undefined;
    let pages = 0;
    do {
      const page = await list({ QueueNamePrefix: prefix, MaxResults: 2, NextToken });
      expect(page.names?.length).toBeLessThanOrEqual(2);
      listed.push(...(page.names ?? []));
      NextToken = page.NextToken;
      pages += 1;
    } while (NextToken !== undefined && pages < 9);
    expect(listed.toSorted()).toEqual(names.toSorted());
    expect(pages).toBe(3);
  });

  it.each([0, 1001])('refuses MaxResults %i', async (MaxResults) => {
    await expectRefusal(list({ MaxResults }), 'InvalidParameterValue');
  });

  it('refuses a token that it did not give', async () => {
    await expectRefusal(list({ MaxResults: 1, NextToken: 'x' }), 'InvalidParameterValue');
  });
});

describe('redrive policies', () => {
  it('gives both back as JSON, and neither where there is none', async () => {
    const dead = await bench.createQueue();
    const source = await bench.createQueue();
    const deadLetterTargetArn = await dead.attribute('QueueArn');
    const sourceArn = await source.attribute('QueueArn');
    const set = (QueueUrl: string, Attributes: Record<string, string>) =>
      bench.client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
    const allow = { redrivePermission: 'byQueue', sourceQueueArns: [sourceArn] };
    await set(dead.url, { RedriveAllowPolicy: JSON.stringify(allow) });
    await set(source.url, {
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 3 }),
    });
    expect(JSON.parse((await source.attribute('RedrivePolicy')) ?? '')).toEqual({
      deadLetterTargetArn,
      maxReceiveCount: 3,
    });
    expect(JSON.parse((await dead.attribute('RedriveAllowPolicy')) ?? '')).toEqual(allow);
    expect(await dead.attribute('RedrivePolicy')).toBeUndefined();
    expect(await source.attribute('RedriveAllowPolicy')).toBeUndefined();
  });

  it('gives none any more after it was set to nothing', async () => {
    const queue = await bench.createQueue();
    await bench.client.send(
      new SetQueueAttributesCommand({
        QueueUrl: queue.url,
        Attributes: { RedrivePolicy: '', RedriveAllowPolicy: '' },
      }),
    );
    const AttributeNames = ['RedrivePolicy', 'RedriveAllowPolicy'] as const;
    const answer = await bench.client.send(
      new GetQueueAttributesCommand({ QueueUrl: queue.url, AttributeNames: [...AttributeNames] }),
    );
    expect(answer.Attributes).toBeUndefined();
  });

  it('refuses an attribute that there is not', async () => {
    const queue = await bench.createQueue();
    await expectRefusal(queue.attribute('Depth' as never), 'InvalidAttributeName');
  });
});
