import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { startOperatedSystem } from '../../support/operated-system.ts';
import { runBin } from '../../support/run-bin.ts';

// Processes of Node are started in some of them.
vi.setConfig({ testTimeout: 60_000 });

const QUEUE = 'dev-default';

const lines = (count: number) =>
  Array.from({ length: count }, (_, index) => `{"order_id":"o-${index + 1}"}`);

async function write(name: string, contents: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'leadline-enqueue-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, name), contents);
  return join(directory, name);
}

describe('one payload', () => {
  test('is sent as the worker reads it, and its id is the answer', async () => {
    const { run, receive } = await startOperatedSystem();
    const { code, out } = await run(['enqueue', 'process_order', '{"order_id":"o-1"}']);
    expect(code).toBe(0);
    const [message] = await receive(QUEUE);
    expect(JSON.parse(message?.Body ?? '')).toMatchObject({
      v: 1,
      id: out,
      task: 'process_order',
      payload: { order_id: 'o-1' },
    });
  });

  test('--json, of a file', async () => {
    const { run } = await startOperatedSystem();
    const file = await write('payload.json', '{\n  "order_id": "o-1"\n}\n');
    const { code, json } = await run(['enqueue', 'process_order', `@${file}`, '--json']);
    expect(code).toBe(0);
    expect(json).toEqual({ id: expect.any(String), task: 'process_order', queue: 'default' });
  });

  test('on another queue, delayed', async () => {
    const { run, counts, receive } = await startOperatedSystem();
    const args = ['enqueue', 'process_order', '{"order_id":"o-1"}', '--queue', 'low'];
    expect((await run([...args, '--delay', '900'])).code).toBe(0);
    expect(await receive('dev-low')).toEqual([]);
    expect(await counts(QUEUE)).toEqual([0, 0]);
    expect((await run(args)).code).toBe(0);
    expect(await receive('dev-low')).toHaveLength(1);
  });

  test.each([
    [['process_order', '{"order_id":1}'], /^Nothing was sent\. .*order_id: /],
    [['process_order'], /^Nothing was sent\. .*order_id: /],
    [['process_order', "{order_id:'s3cret'}"], /^The payload is not JSON\./],
    [['process_ordr', '{}'], /There is no task "process_ordr"\. There are: process_order/],
    [['process_order', '@/no/such/file'], /^The payload cannot be read: ENOENT/],
    [['process_order', '@/no/such/file.ndjson'], /^The payload cannot be read: ENOENT/],
    [
      ['process_order', '{"order_id":"o-1"}', '--queue', 'nope'],
      /There is no queue "nope"\. There are: bare, default,/,
    ],
    [['process_order', '{"order_id":"o-1"}', '--delay', '901'], /delaySeconds is 901/],
    [['process_order', '{"order_id":"o-1"}', '--delay', ''], /delaySeconds is NaN/],
  ])('%j: nothing is sent, and it ends with 2', async (args, message) => {
    const { run, counts } = await startOperatedSystem();
    const { code, all, err } = await run(['enqueue', ...args]);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(all).not.toContain('s3cret');
    expect(await counts(QUEUE)).toEqual([0, 0]);
  });

  test('a FIFO queue asks for a group', async () => {
    const { run, receive } = await startOperatedSystem([
      { queueName: 'dev-default.fifo', fifo: true },
    ]);
    const args = ['enqueue', 'process_order', '{"order_id":"o-1"}'];
    const refused = await run(args);
    expect([refused.code, refused.err]).toEqual([2, expect.stringMatching(/give a groupId/)]);
    expect((await run([...args, '--group', 'g'])).code).toBe(0);
    expect((await receive('dev-default.fifo'))[0]?.Attributes?.MessageGroupId).toBe('g');
  });
});

describe('many payloads', () => {
  test('through a pipe: an id a line on stdout, no progress, how many on stderr', async () => {
    const { local, counts } = await startOperatedSystem();
    const input = `${lines(250).join('\n')}\n\n`;
    const { code, out, err } = await runBin(['enqueue', 'process_order', '-', local], input).ended;
    expect([code, err]).toEqual([0, '250 messages enqueued.\n']);
    expect(new Set(out.trim().split('\n')).size).toBe(250);
    expect(await counts(QUEUE)).toEqual([250, 0]);
  });

  test('a bad line is said with its number, nothing of its batch is sent, and there it ends', async () => {
    const { local, counts } = await startOperatedSystem();
    const all = lines(350);
    all[149] = '{"order_id":1}';
    all[159] = 'no JSON, s3cret';
    const run = runBin(['enqueue', 'process_order', '-', local], all.join('\n'));
    const { code, err, out } = await run.ended;
    expect(code).toBe(1);
    expect(err).toMatch(
      /^line 150: .*order_id: .*\nline 160: it is not JSON.*\n100 messages enqueued; nothing from line 101/,
    );
    expect(out + err).not.toContain('s3cret');
    expect(await counts(QUEUE)).toEqual([100, 0]);
  });

  test('every line that does not fit the schema is named', async () => {
    const { run, counts } = await startOperatedSystem();
    const input = ['{"order_id":"o-1"}', '{"order_id":2}', '', '{}'].join('\n');
    const { code, json } = await run(['enqueue', 'process_order', '-', '--json'], { input });
    expect(code).toBe(1);
    expect(json).toEqual({
      task: 'process_order',
      enqueued: 0,
      stoppedAtLine: 1,
      problems: [
        { line: 2, message: expect.stringMatching(/schema: order_id: /) },
        { line: 4, message: expect.stringMatching(/schema: order_id: /) },
      ],
    });
    expect(await counts(QUEUE)).toEqual([0, 0]);
  });

  test('of a file with Windows line ends and a byte order mark', async () => {
    const { run, counts } = await startOperatedSystem();
    const file = await write('many.ndjson', `\uFEFF${lines(3).join('\r\n')}\r\n`);
    const { code, err } = await run(['enqueue', 'process_order', `@${file}`]);
    expect([code, err]).toEqual([0, '3 messages enqueued.']);
    expect(await counts(QUEUE)).toEqual([3, 0]);
  });

  test('one that is too large for SQS is named, and none of its batch is sent', async () => {
    const { run, counts } = await startOperatedSystem();
    const large = `{"order_id":"${'x'.repeat(1_100_000)}"}`;
    const input = [...lines(2), large, ...lines(2)].join('\n');
    const { code, err } = await run(['enqueue', 'process_order', '-'], { input });
    expect(code).toBe(1);
    expect(err).toMatch(/^line 3: The message of process_order has \d+ bytes/);
    expect(await counts(QUEUE)).toEqual([0, 0]);
  });

  test('a line without an end is not read into memory', async () => {
    const { run, counts } = await startOperatedSystem();
    const input = `{"order_id":"o-1"}\n${'x'.repeat(2_200_000)}`;
    const { code, err } = await run(['enqueue', 'process_order', '-'], { input });
    expect(code).toBe(1);
    expect(err).toMatch(/^Line 2 is over 2 MiB/);
    expect(await counts(QUEUE)).toEqual([0, 0]);
  });

  test.each([['missing.ndjson'], ['folder.jsonl']])(
    'of %s, which cannot be read: the command says so and ends with 2',
    async (name) => {
      const { local, counts } = await startOperatedSystem();
      const directory = await mkdtemp(join(tmpdir(), 'leadline-enqueue-'));
      onTestFinished(() => rm(directory, { recursive: true }));
      await mkdir(join(directory, 'folder.jsonl'));
      const args = ['enqueue', 'process_order', `@${join(directory, name)}`, local, '--json'];
      const { code, out, err } = await runBin(args).ended;
      expect(code).toBe(2);
      const error = expect.stringMatching(/^The payload cannot be read: E(NOENT|ISDIR)/);
      expect(JSON.parse(out)).toEqual({ error });
      expect(err).toBe('');
      expect(await counts(QUEUE)).toEqual([0, 0]);
    },
  );

  test('nothing on stdin is nothing to send', async () => {
    const { run } = await startOperatedSystem();
    const { code, err, out } = await run(['enqueue', 'process_order', '-']);
    expect([code, out, err]).toEqual([0, '', '0 messages enqueued.']);
  });
});
