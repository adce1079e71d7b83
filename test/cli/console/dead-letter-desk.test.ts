import { ReceiveMessageCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import type { DeadLetterList } from '../../../cli/console/console-api.ts';
import { type ConsoleBench, startConsoleBench } from '../../support/console-bench.ts';
import { askConsole, postConsole } from '../../support/console-request.ts';

async function startBench(letters: number) {
  let receives = 0;
  const bench = await startConsoleBench({
    source: (own) => ({
      sqs: {
        send: (command: Parameters<SQSClient['send']>[0]) => {
          if (command instanceof ReceiveMessageCommand) receives += 1;
          return own.sqs.send(command);
        },
      } as SQSClient,
    }),
  });
  for (let number = 0; number < letters; number += 1) await sendLetter(bench, number);
  const list = async (query = ''): Promise<DeadLetterList> =>
    (await askConsole(bench.api(`dead-letters/default${query}`))).json;
  return { ...bench, list, receives: () => receives };
}

function sendLetter({ client, sqs }: Pick<ConsoleBench, 'client' | 'sqs'>, number: number) {
  const payload = { order_id: `o-${number}`, lines: [] };
  return client.send(
    new SendMessageCommand({
      QueueUrl: sqs.queueUrl('dev-default-dlq'),
      MessageBody: JSON.stringify({ task: 'ship', id: `run-${number}`, payload }),
    }),
  );
}

it('shows two pages that ask at the same time all of 17 letters', async () => {
  const { list } = await startBench(17);
  const lists = await Promise.all([list(), list(), list()]);
  expect(lists.map(({ letters }) => letters.length)).toEqual([17, 17, 17]);
});

it('answers the payload of the one that was asked for, and of no other', async () => {
  const { list } = await startBench(2);
  const { letters } = await list();
  expect(letters).toHaveLength(2);
  const asked = String(letters[1]?.messageId);
  const [shown, plain] = await Promise.all([list(`?payload=${asked}`), list()]);
  const payloads = shown.letters.map(({ messageId, payload }) => [
    messageId,
    payload !== undefined,
  ]);
  expect(payloads).toEqual([
    [letters[0]?.messageId, false],
    [asked, true],
  ]);
  expect(JSON.stringify(plain)).not.toContain('"payload"');
});

it('reads anew after something was redriven or purged, and not before', async () => {
  const bench = await startBench(3);
  const { list, receives } = bench;
  const { letters } = await list();
  const read = receives();
  await sendLetter(bench, 3);
  expect((await list()).letters).toHaveLength(3);
  expect(receives()).toBe(read);

  const ids = [letters[0]?.messageId];
  const redriven = await postConsole(bench.api('dead-letters/default/redrive'), { ids });
  expect(redriven.json).toMatchObject({ redriven: 1 });
  expect((await list()).letters).toHaveLength(3);

  await postConsole(bench.api('dead-letters/default/purge'), { confirm: 'default' });
  expect((await list()).letters).toEqual([]);
});

it('finds what is to be redriven while another page asks for the list', async () => {
  const { list, api } = await startBench(12);
  const { letters } = await list();
  const ids = letters.map(({ messageId }) => messageId);
  const [redriven] = await Promise.all([
    postConsole(api('dead-letters/default/redrive'), { ids }),
    list(),
  ]);
  expect(redriven.json).toEqual({ redriven: 12, failed: [] });
});
