import { createHash } from 'node:crypto';
import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ContractBench,
  type ContractQueue,
  expectRefusal,
  startContractBench,
} from './contract-bench.ts';

let bench: ContractBench;
let queue: ContractQueue;
beforeAll(async () => {
  bench = await startContractBench();
  queue = await bench.createQueue();
});
afterAll(() => bench.stop());

const maxBytes = 1_048_576;

function strings(count: number): Record<string, MessageAttributeValue> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`a${i}`, { DataType: 'String', StringValue: 'v' }]),
  );
}

/** What the queue made of it: the accepted message, received again. */
async function roundTrip(input: Parameters<ContractQueue['send']>[0]) {
  const own = await bench.createQueue();
  const sent = await own.send(input);
  return { sent, received: await own.receiveOne() };
}

describe('message attributes', () => {
  it('keeps ten, of every type, with their digest', async () => {
    const attributes: Record<string, MessageAttributeValue> = {
      ...strings(6),
      number: { DataType: 'Number', StringValue: '-12.5e3' },
      binary: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255, 7]) },
      'custom-1.x': { DataType: 'String.uuid', StringValue: 'ü😀' },
      traceparent: { DataType: 'String', StringValue: '00-abc' },
    };
    const { sent, received } = await roundTrip({ MessageBody: 'x', MessageAttributes: attributes });
    expect(received.MessageAttributes).toEqual(attributes);
    expect(sent.MD5OfMessageAttributes).toMatch(/^[0-9a-f]{32}$/);
    expect(received.MD5OfMessageAttributes).toBe(sent.MD5OfMessageAttributes);
  });

  it('digests as AWS documents it', async () => {
    // Name, type, transport type 1 and value, each behind its length, computed apart from the code.
    const { sent } = await roundTrip({
      MessageBody: 'x',
      MessageAttributes: { a: { DataType: 'String', StringValue: '1' } },
    });
    const bytes = Buffer.from('\0\0\0\x01a\0\0\0\x06String\x01\0\0\0\x011', 'latin1');
    expect(sent.MD5OfMessageAttributes).toBe(createHash('md5').update(bytes).digest('hex'));
  });

  it('refuses the eleventh', async () => {
    await expectRefusal(
      queue.send({ MessageBody: 'x', MessageAttributes: strings(11) }),
      'InvalidParameterValue',
    );
  });

  it.each<[string, string, MessageAttributeValue]>([
    ['a name with a space', 'a b', { DataType: 'String', StringValue: 'v' }],
    ['a name with a leading period', '.a', { DataType: 'String', StringValue: 'v' }],
    ['a name with a trailing period', 'a.', { DataType: 'String', StringValue: 'v' }],
    ['a name with two periods in succession', 'a..b', { DataType: 'String', StringValue: 'v' }],
    ['a name that is reserved', 'AWS.x', { DataType: 'String', StringValue: 'v' }],
    ['a name over 256 characters', 'a'.repeat(257), { DataType: 'String', StringValue: 'v' }],
    ['an unknown type', 'a', { DataType: 'Boolean', StringValue: 'true' }],
    ['an empty type', 'a', { DataType: '', StringValue: 'v' }],
    ['an empty string', 'a', { DataType: 'String', StringValue: '' }],
    ['a missing value', 'a', { DataType: 'String' }],
    ['empty bytes', 'a', { DataType: 'Binary', BinaryValue: new Uint8Array() }],
    ['a string in a binary', 'a', { DataType: 'Binary', StringValue: 'v' }],
    ['a number that is none', 'a', { DataType: 'Number', StringValue: 'ten' }],
  ])('refuses %s', async (_, name, value) => {
    await expectRefusal(
      queue.send({ MessageBody: 'x', MessageAttributes: { [name]: value } }),
      'InvalidParameterValue',
    );
  });
});

describe('characters', () => {
  it('keeps tab, line ends, and what is above #xFFFF', async () => {
    const text = '\t\r\n \u{d7ff}\u{e000}\u{fffd}\u{10000}😀\u{10ffff}';
    const { received } = await roundTrip({
      MessageBody: text,
      MessageAttributes: { a: { DataType: 'String', StringValue: text } },
    });
    expect(received.Body).toBe(text);
    expect(received.MessageAttributes?.['a']?.StringValue).toBe(text);
  });

  it.each(
    ['\0', '\b', '\v', '\f', '\x0e', '\x1f', '\ufffe', '\uffff', '\ud800', '\udc00'].map(
      (character) => [character.charCodeAt(0).toString(16), character],
    ),
  )('refuses #x%s in body and attribute', async (_, character) => {
    await expectRefusal(queue.send({ MessageBody: `a${character}b` }), 'InvalidMessageContents');
    await expectRefusal(
      queue.send({
        MessageBody: 'x',
        MessageAttributes: { a: { DataType: 'String', StringValue: `a${character}b` } },
      }),
      'Invalid',
    );
  });
});

describe('sizes', () => {
  it('takes 1 MiB of body and attributes, and not a byte more', async () => {
    const attributes: Record<string, MessageAttributeValue> = {
      name: { DataType: 'Binary', BinaryValue: new Uint8Array(100) },
    };
    const room = maxBytes - 'name'.length - 'Binary'.length - 100;
    const { received } = await roundTrip({
      MessageBody: '"'.repeat(room),
      MessageAttributes: attributes,
    });
    expect(received.Body).toHaveLength(room);
    await expectRefusal(
      queue.send({ MessageBody: 'x'.repeat(room + 1), MessageAttributes: attributes }),
      'InvalidParameterValue',
    );
  });

  it('counts bytes, not characters', async () => {
    await expectRefusal(
      queue.send({ MessageBody: 'ü'.repeat(maxBytes / 2 + 1) }),
      'InvalidParameterValue',
    );
  });

  it('refuses an empty body', async () => {
    await expectRefusal(queue.send({ MessageBody: '' }), 'MissingParameter');
  });
});

describe('system attributes', () => {
  it('keeps AWSTraceHeader and digests it', async () => {
    const header = 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0';
    const { sent, received } = await roundTrip({
      MessageBody: 'x',
      MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: header } },
    });
    expect(received.Attributes?.AWSTraceHeader).toBe(header);
    expect(sent.MD5OfMessageSystemAttributes).toMatch(/^[0-9a-f]{32}$/);
  });

  it('keeps MessageGroupId on a standard queue (fair queues), without an order', async () => {
    const { received } = await roundTrip({ MessageBody: 'x', MessageGroupId: 'tenant-1' });
    expect(received.Attributes?.MessageGroupId).toBe('tenant-1');
    expect(received.Attributes?.SequenceNumber).toBeUndefined();
  });

  it('messages of one group on a standard queue are received side by side', async () => {
    const fair = await bench.createQueue();
    for (const body of ['1', '2', '3']) await fair.send({ MessageBody: body, MessageGroupId: 'g' });
    const received = [await fair.receiveOne(), await fair.receiveOne(), await fair.receiveOne()];
    expect(received.map((message) => message.Body).sort()).toEqual(['1', '2', '3']);
  });

  it.each([
    ['a group id with a space', { MessageGroupId: 'a b' }],
    ['a group id over 128 characters', { MessageGroupId: 'g'.repeat(129) }],
    ['a deduplication id on a standard queue', { MessageDeduplicationId: 'd' }],
    ['a delay over 900 s', { DelaySeconds: 901 }],
    ['a negative delay', { DelaySeconds: -1 }],
  ])('refuses %s', async (_, input) => {
    await expectRefusal(queue.send({ MessageBody: 'x', ...input }), 'InvalidParameterValue');
  });
});
