import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { startOperatedSystem } from '../../support/operated-system.ts';
import { runBin } from '../../support/run-bin.ts';
import { runLeadline } from '../../support/run-leadline.ts';
import { startTestStack, type TestStack } from '../../support/test-stack.ts';

// Processes of Node are started in some of them.
vi.setConfig({ testTimeout: 60_000 });

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
}, 60_000);
afterAll(() => stack.stop());

const local = () => `--local=${stack.url}`;

describe('queues', () => {
  test('depth, in flight, delayed and dead of each, in JSON', async () => {
    const { run, sendMany, sendCopy, receive } = await startOperatedSystem();
    await sendMany('dev-default', 3);
    await receive('dev-default');
    await sendMany('dev-default', 2);
    await sendCopy('dev-default-dlq');
    const { code, json } = await run(['queues', '--json']);
    expect(code).toBe(0);
    expect(json).toMatchObject({ stage: 'dev', at: expect.any(String) });
    expect(json.queues.map(({ name }: { name: string }) => name)).toEqual([
      'bare',
      'default',
      'high',
      'low',
    ]);
    expect(json.queues[1]).toMatchObject({
      name: 'default',
      sqsName: 'dev-default',
      depth: 2,
      inFlight: 3,
      delayed: 0,
      dead: 1,
    });
    expect(json.queues[0]).not.toHaveProperty('dead');
    // This system has no Lambda: the queues are shown all the same.
    expect(json.warnings[0]).toMatch(/^The workers could not be read: /);
  });

  test('a row each, with its worker and how old its oldest message is', async () => {
    await stack.post('process_payment', { payment_id: 'slow-1', amount: 1 });
    await expect
      .poll(async () => (await runLeadline(['queues', local(), '--json'])).json.queues[0], {
        timeout: 20_000,
      })
      .toMatchObject({
        inFlight: 1,
        worker: 'e2e-process-default',
        oldestSeconds: expect.any(Number),
      });
    const { code, out, err } = await runLeadline(['queues', local()]);
    expect([code, err]).toEqual([0, '']);
    const [head, row] = out.split('\n');
    expect(head).toMatch(/^queue +depth +in flight +delayed +dead +oldest +active +worker$/);
    expect(row).toMatch(/^default .* e2e-process-default$/);
  });

  test('dead letters are red on a terminal', async () => {
    const { run, sendCopy } = await startOperatedSystem();
    await sendCopy('dev-default-dlq');
    const { out } = await run(['queues'], { coloured: 'stdout' });
    expect(out).toContain('<red>1');
  });

  test('--watch goes on until Ctrl-C, a JSON object a line', async () => {
    const { process, out, ended } = runBin(['queues', '--watch', '--json', local()]);
    await expect.poll(() => out().split('\n').length, { timeout: 20_000 }).toBeGreaterThan(2);
    process.kill('SIGINT');
    const { code, err } = await ended;
    expect([code, err]).toEqual([0, '']);
    const [first = '', second = ''] = out().split('\n');
    const between = Date.parse(JSON.parse(second).at) - Date.parse(JSON.parse(first).at);
    expect(between).toBeGreaterThanOrEqual(1_990);
  });

  test('--watch ends when whoever reads it has had enough', async () => {
    const { process, out, ended } = runBin(['queues', '--watch', local()]);
    await expect.poll(out, { timeout: 20_000 }).toContain('default');
    process.stdout?.destroy();
    expect((await ended).code).toBe(0);
  });
});

describe('workers', () => {
  test('what takes messages, and what is disabled, which ends with 1', async () => {
    const healthy = await runLeadline(['workers', local(), '--json']);
    expect(healthy.code).toBe(0);
    expect(healthy.json.workers).toEqual([
      expect.objectContaining({ queue: 'default', worker: 'e2e-process-default' }),
    ]);
    const mapping = stack.eventSourceMappings.get('e2e-default');
    await mapping?.disable();
    onTestFinished(() => mapping?.enable());
    const { code, out } = await runLeadline(['workers', local()]);
    expect(code).toBe(1);
    expect(out).toContain('its event source mapping is Disabled');
  });
});

describe('where it looks', () => {
  test('a stack that is not there', async () => {
    const { code, err } = await runLeadline(['queues', '--local=http://127.0.0.1:9']);
    expect(code).toBe(1);
    expect(err).toMatch(/^Nothing answers at http:\/\/127\.0\.0\.1:9: is "npm start" running\?/);
  });

  test('what answers and is no stack', async () => {
    const { endpoint } = stack.sqs;
    const { code, err } = await runLeadline(['queues', `--local=${endpoint}`]);
    expect([code, err]).toEqual([1, expect.stringMatching(/is no "npm start"/)]);
  });

  test('--local takes no word for an address', async () => {
    const { code, err } = await runLeadline(['queues', '--local', 'prod']);
    expect([code, err]).toEqual([2, expect.stringMatching(/^--local is "prod"; give it last/)]);
  });

  test('a stage without queues', async () => {
    const endpoint = await startAws(200, {});
    const { code, err } = await runLeadline(['queues', `--local=${endpoint}`]);
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/^There is no queue whose name begins with "dev-"\./),
    ]);
  });

  test('what AWS denies is named as a policy names it', async () => {
    const message = 'User: arn:aws:iam::1:user/me is not authorized';
    const endpoint = await startAws(403, { __type: 'com.amazonaws.sqs#AccessDenied', message });
    for (const [args, action] of [
      [['queues'], 'sqs:ListQueues'],
      [['enqueue', 'process_order', '{"order_id":"o-1"}'], 'sqs:GetQueueUrl'],
    ] as const) {
      const { code, err } = await runLeadline([...args, `--local=${endpoint}`]);
      expect([code, err]).toEqual([1, `These credentials may not do ${action}: ${message}`]);
    }
  });

  test('credentials that have expired, without what AWS quotes of the request', async () => {
    const message = "The signature does not match.\n'x-amz-security-token:s3cret'";
    const __type = 'com.amazonaws.sqs#SignatureDoesNotMatch';
    const endpoint = await startAws(403, { __type, message });
    const { code, all } = await runLeadline(['queues', `--local=${endpoint}`]);
    expect([code, all]).toEqual([
      1,
      'AWS does not take these credentials (SignatureDoesNotMatch). Renew them, and look at the clock.',
    ]);
  });

  test('without credentials or a region it says what to set', async () => {
    const { code, err } = await runBin(['queues']).ended;
    expect([code, err]).toEqual([1, expect.stringMatching(/There are no AWS credentials/)]);
  });
});

/** Tells that it is a stack, and answers everything that AWS is asked in one way. */
async function startAws(status: number, answer: object): Promise<string> {
  const server = createServer((request, response) => {
    const own = request.url === '/.leadline';
    const told = { stage: 'dev', region: 'us-east-1', awsEndpoint: url };
    response.writeHead(own ? 200 : status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(own ? told : answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(() => void server.close());
  return url;
}
