import { PurgeQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, test, vi } from 'vitest';
import { startOperatedSystem } from '../../support/operated-system.ts';
import { runBin } from '../../support/run-bin.ts';

// Processes of Node are started in some of them.
vi.setConfig({ testTimeout: 60_000 });

const DLQ = 'dev-default-dlq';
const TRACE = '7bfdb34c3c1b00405bc0b838d8373f7f';
const TRACEPARENT = `00-${TRACE}-00f067aa0ba902b7-01`;
const PROJECT = '3f2504e0-4f89-11d3-9a0c-0305e82c3301';

describe('dlq list', () => {
  test('one line each, without the payload; how many on stderr', async () => {
    const { run, sendCopy } = await startOperatedSystem();
    await sendCopy(DLQ, { id: 'o-1', traceparent: TRACEPARENT });
    const { code, out, err, all } = await run(['dlq', 'list', 'default']);
    expect(code).toBe(0);
    const lines = out.split('\n');
    expect(lines[0]).toMatch(/^id +task +attempts +age +trace +reason$/);
    expect(lines[1]).toMatch(
      new RegExp(`^o-1 +process_order +5 +\\d s +${TRACE} +Declined: card declined$`),
    );
    expect(err).toBe('All 1 of dev-default-dlq.');
    expect(all).not.toContain('s3cret');
  });

  test('--json has all of it, with a link where the OneUptime project is known', async () => {
    const { run, sendCopy } = await startOperatedSystem();
    await sendCopy(DLQ, { id: 'o-1', traceparent: TRACEPARENT });
    const environment = { ONEUPTIME_ENDPOINT: 'https://up.example/otlp' };
    const args = ['dlq', 'list', 'default', '--json'];
    const known = await run([...args, '--project', PROJECT], { environment });
    expect(known.json).toMatchObject({
      dlq: DLQ,
      total: 1,
      more: false,
      deadLetters: [
        {
          id: 'o-1',
          error: { type: 'Declined' },
          traceId: TRACE,
          traceUrl: `https://up.example/dashboard/${PROJECT}/traces/view/${TRACE}`,
        },
      ],
    });
    const unknown = await run(args, { environment });
    expect(unknown.json.deadLetters[0]).not.toHaveProperty('traceUrl');
    const fromProject = await run(args, { environment: { ONEUPTIME_PROJECT_ID: PROJECT } });
    expect(fromProject.json.deadLetters[0].traceUrl).toMatch(/^https:\/\/oneuptime\.com\/dash/);
    const wrong = await run([...args, '--project', 'mine']);
    expect([wrong.code, wrong.json.error]).toEqual([2, expect.stringMatching(/is the UUID/)]);
  });

  test('the first n of about m', async () => {
    const { run, sendMany } = await startOperatedSystem();
    await sendMany(DLQ, 12);
    const { out, err } = await run(['dlq', 'list', 'default', '--limit', '5']);
    expect(out.split('\n')).toHaveLength(6);
    expect(err).toMatch(/^The first 5 of about 12 of dev-default-dlq: /);
  });

  test('what a task wrote into its error cannot draw on the terminal', async () => {
    const { run, url, sqs } = await startOperatedSystem();
    const StringValue = 'red \u009b31m\nand a second line';
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: url(DLQ),
        MessageBody: '{"id":"o-1","task":"t","payload":{}}',
        MessageAttributes: {
          'leadline.error.type': { DataType: 'String', StringValue },
        },
      }),
    );
    const { out } = await run(['dlq', 'list', 'default']);
    expect(out.split('\n')).toHaveLength(2);
    expect(out).not.toMatch(/\u009b/);
  });

  test.each([
    [['dlq', 'list', 'defualt'], /^There is no queue "defualt"\. There are: bare, default, high/],
    [['dlq', 'list', 'bare'], /"bare" has no dead-letter queue/],
    [['dlq', 'list', 'default', '--limit', '0'], /--limit is "0"/],
    [['dlq', 'redrive', 'default', '--rate', 'fast'], /--rate is "fast"/],
    [['dlq', 'redrive', 'default', 'o-1', '--rate', '5'], /--rate is for a redrive of all/],
    [['dlq', 'redrive', 'high'], /several queues: high, low.*--to QUEUE/],
    [['dlq', 'redrive', 'high', '--to', 'default'], /no dead letters of "default"/],
  ])('%j is called wrongly', async (args, message) => {
    const { run } = await startOperatedSystem();
    const { code, err, out } = await run(args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
  });
});

describe('dlq show', () => {
  test('all that is known of one, its payload where asked for', async () => {
    const { run, sendCopy } = await startOperatedSystem();
    await sendCopy(DLQ, { id: 'o-1', traceparent: TRACEPARENT });
    await sendCopy(DLQ, { id: 'o-2' });
    const { code, out } = await run(['dlq', 'show', 'default', 'o-1']);
    expect(code).toBe(0);
    expect(out).toMatch(/^task +process_order\nid +o-1\nmessage +\S+\nreason +Declined: card/);
    expect(out).toContain(TRACE);
    expect(out).not.toMatch(/s3cret|o-2/);
    const asked = await run(['dlq', 'show', 'default', 'o-1', '--payload']);
    expect(asked.out).toMatch(/^payload +\{"secret":"s3cret"\}$/m);
  });

  test('one that is not there ends with 1', async () => {
    const { run, sendCopy } = await startOperatedSystem();
    await sendCopy(DLQ);
    const { code, err } = await run(['dlq', 'show', 'default', 'o-9']);
    expect([code, err]).toEqual([
      1,
      'No dead letter of dev-default-dlq has the id "o-9": 1 of about 1 were read.',
    ]);
  });
});

describe('dlq redrive', () => {
  test('all of them, and how many', async () => {
    const { run, sendMany, counts } = await startOperatedSystem();
    await sendMany(DLQ, 12);
    const { code, out, err } = await run(['dlq', 'redrive', 'default']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toBe('12 messages moved from dev-default-dlq to dev-default.');
    expect(await counts('dev-default')).toEqual([12, 0]);
  });

  test('selected ones; one that is not there is said, and ends with 1', async () => {
    const { run, sendCopy, counts } = await startOperatedSystem();
    for (const id of ['o-1', 'o-2', 'o-3']) await sendCopy(DLQ, { id });
    const args = ['dlq', 'redrive', 'default', 'o-1', 'o-2', 'o-9', '--json'];
    const { code, json } = await run(args);
    expect(code).toBe(1);
    expect(json).toEqual({
      dlq: DLQ,
      to: 'dev-default',
      moved: 2,
      duplicated: [],
      failed: [],
      notFound: ['o-9'],
      cancelled: false,
    });
    expect(await counts(DLQ)).toEqual([1, 0]);
  });

  test('to one of several sources', async () => {
    const { run, sendCopy, counts } = await startOperatedSystem();
    await sendCopy('dev-shared-dlq', { id: 'o-1' });
    expect((await run(['dlq', 'redrive', 'low', '--to', 'low'])).code).toBe(0);
    expect([await counts('dev-low'), await counts('dev-high')]).toEqual([
      [1, 0],
      [0, 0],
    ]);
  });

  test('Ctrl-C cancels it, says what is where, and loses nothing', async () => {
    const { local, sendMany, counts } = await startOperatedSystem();
    await sendMany(DLQ, 30);
    const { process, ended } = runBin(['dlq', 'redrive', 'default', '--rate', '1', local]);
    await expect
      .poll(async () => (await counts('dev-default'))[0], { timeout: 20_000 })
      .toBeGreaterThan(0);
    process.kill('SIGINT');
    const { code, out, err } = await ended;
    expect(code).toBe(1);
    const [back] = await counts('dev-default');
    const [left] = await counts(DLQ);
    expect(back + left).toBe(30);
    expect(out).toMatch(
      new RegExp(`^${back} messages? moved from dev-default-dlq to dev-default\\.\n$`),
    );
    expect(err).toBe(
      `Cancelled. What was moved stays moved; about ${left} are still in dev-default-dlq, and none is lost.\n`,
    );
  });

  test('killed in the middle of it, message by message, it has lost none', async () => {
    const { local, sendMany, counts } = await startOperatedSystem();
    await sendMany(DLQ, 200);
    const ids = Array.from({ length: 200 }, (_, index) => `id-${index}`);
    const { process, ended } = runBin(['dlq', 'redrive', 'default', ...ids, local]);
    const total = async (queue: string) => (await counts(queue)).reduce((a, b) => a + b);
    await expect
      .poll(() => total('dev-default'), { timeout: 20_000, interval: 1 })
      .toBeGreaterThan(0);
    process.kill('SIGKILL');
    await ended;
    const back = await total('dev-default');
    const left = await total(DLQ);
    expect(back + left).toBeGreaterThanOrEqual(200);
    // One call at a time is cut short for each of ten messages.
    expect(back + left).toBeLessThanOrEqual(210);
  });

  test('while another one runs it is refused', async () => {
    const { local, run, sendMany, counts } = await startOperatedSystem();
    await sendMany(DLQ, 30);
    const first = runBin(['dlq', 'redrive', 'default', '--rate', '1', local]);
    await expect
      .poll(async () => (await counts('dev-default'))[0], { timeout: 20_000 })
      .toBeGreaterThan(0);
    const { code, err } = await run(['dlq', 'redrive', 'default']);
    expect(code).toBe(1);
    expect(err).toMatch(/^A redrive of dev-default-dlq is running since .* wait for its end\.$/);
    first.process.kill('SIGINT');
    await first.ended;
  });
});

describe.each([
  ['purge', 'default', 'dev-default'],
  ['dlq purge', 'default', DLQ],
])('%s', (command, name, sqsName) => {
  const args = [...command.split(' '), name];

  test('asks with the count, and does nothing unless told so', async () => {
    const { run, sendMany, counts } = await startOperatedSystem();
    await sendMany(sqsName, 12);
    const no = await run(args, { answers: [''] });
    expect(no.questions).toEqual([`Delete about 12 messages of ${sqsName}? [y/N] `]);
    expect([no.code, no.out]).toEqual([0, 'Nothing was deleted.']);
    expect(await counts(sqsName)).toEqual([12, 0]);
    const yes = await run(args, { answers: ['y'] });
    expect(yes.out).toMatch(new RegExp(`^About 12 messages of ${sqsName} are deleted\\.`));
    expect(await counts(sqsName)).toEqual([0, 0]);
  });

  test('in a pipe it wants --yes', async () => {
    const { local, sendMany, counts } = await startOperatedSystem();
    await sendMany(sqsName, 3);
    const refused = await runBin([...args, local], 'y\n').ended;
    expect(refused).toEqual({
      code: 2,
      out: '',
      err: 'Nobody can be asked here. Give --yes to delete without a question.\n',
    });
    expect(await counts(sqsName)).toEqual([3, 0]);
    const told = await runBin([...args, local, '--yes', '--json']).ended;
    expect([told.code, JSON.parse(told.out)]).toEqual([0, { queue: sqsName, purged: 3 }]);
    expect(await counts(sqsName)).toEqual([0, 0]);
  });

  test('takes nothing of the other queue', async () => {
    const { run, sqs, url, sendMany, counts } = await startOperatedSystem();
    const other = sqsName === DLQ ? 'dev-default' : DLQ;
    await sqs.send(new PurgeQueueCommand({ QueueUrl: url(other) }));
    await sendMany(other, 2);
    expect((await run([...args, '--yes'])).code).toBe(0);
    expect(await counts(other)).toEqual([2, 0]);
  });
});
