import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type SqsServer, startSqsServer } from '../../../local/sqs/sqs-server.ts';
import type { QueueDescription } from '../../../local/stack-description.ts';
import { writeProject } from '../../support/monitored-project.ts';
import { type OneUptimeStandIn, startOneUptimeStandIn } from '../../support/oneuptime-stand-in.ts';
import { type CommandRun, runLeadline } from '../../support/run-leadline.ts';

let sqs: SqsServer;
let oneuptime: OneUptimeStandIn;
let directory: string;

beforeEach(async () => {
  oneuptime = await startOneUptimeStandIn();
  directory = await mkdtemp(join(tmpdir(), 'leadline-doctor-'));
  await writeProject(directory);
});
afterEach(async () => {
  await Promise.all([oneuptime.stop(), sqs?.stop(), rm(directory, { recursive: true })]);
});

/** The queue of the project as it has to be, and its dead-letter queue. */
const GOOD: QueueDescription = {
  queueName: 'dev-images',
  visibilityTimeoutSeconds: 240,
  redrive: { deadLetterQueueName: 'dev-images-dlq', maxReceiveCount: 15 },
};
const DEAD_LETTERS: QueueDescription = { queueName: 'dev-images-dlq' };

async function startQueues(...queues: QueueDescription[]): Promise<void> {
  sqs = await startSqsServer({ queues });
  vi.stubEnv('AWS_ENDPOINT_URL', sqs.endpoint);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
}

function doctor(
  environment: Record<string, string> = {},
  args: string[] = [],
): Promise<CommandRun> {
  return runLeadline(['doctor', ...args], {
    directory,
    environment: {
      ONEUPTIME_TOKEN: oneuptime.token,
      ONEUPTIME_ENDPOINT: oneuptime.endpoint,
      ...environment,
    },
  });
}

/** Its line of that name. */
async function finding(run: Promise<CommandRun>, name: string) {
  const { json, code } = await run;
  const found = json.findings.find((each: { name: string }) => each.name === name);
  return { code, ...found };
}

const look = (name: string, environment?: Record<string, string>) =>
  finding(doctor(environment, ['--json']), name);

test('all is well: every line ok but the build, which there is none of, and it ends with 0', async () => {
  await startQueues(DEAD_LETTERS, GOOD);
  const { code, out } = await doctor();
  expect(code).toBe(0);
  const levels = out
    .split('\n')
    .flatMap((line) => /^(ok|warning|problem) +(\S.*?) {2}/.exec(line)?.slice(1).join(' ') ?? []);
  expect(levels).toEqual([
    'ok Node',
    'warning build',
    'ok project',
    'ok environment',
    'ok AWS',
    'ok queue images',
    'ok redrive of images',
    'ok visibility of images',
    'ok token',
    'ok clock',
  ]);
});

describe('queues', () => {
  test('a queue that is not there', async () => {
    await startQueues();
    expect(await look('queue images')).toMatchObject({
      code: 1,
      level: 'problem',
      text: expect.stringContaining('dev-images: QueueDoesNotExist'),
      advice: expect.stringContaining('npx cdk deploy -c stage=dev'),
    });
  });

  test('an SQS that does not answer', async () => {
    await startQueues();
    // Port 9, discard: no process without root's rights listens there.
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:9');
    expect(await look('queue images')).toMatchObject({
      level: 'problem',
      advice: expect.stringContaining('reachable'),
    });
  });

  test('no redrive policy', async () => {
    await startQueues({ queueName: 'dev-images', visibilityTimeoutSeconds: 240 });
    expect(await look('redrive of images')).toMatchObject({
      level: 'problem',
      text: expect.stringContaining('no redrive policy'),
    });
  });

  test('a dead-letter queue that is not there', async () => {
    await startQueues(GOOD);
    expect(await look('redrive of images')).toMatchObject({
      level: 'problem',
      text: expect.stringContaining('the dead-letter queue dev-images-dlq: QueueDoesNotExist'),
    });
  });

  test.each([7, 11])(
    'a maxReceiveCount of %i that is used up before the attempts',
    async (count) => {
      const redrive = { deadLetterQueueName: 'dev-images-dlq', maxReceiveCount: count };
      await startQueues(DEAD_LETTERS, { ...GOOD, redrive });
      expect(await look('redrive of images')).toMatchObject({
        level: 'problem',
        text: expect.stringContaining(
          `maxReceiveCount is ${count}, and a task has 7 attempts: SQS may`,
        ),
        advice: 'Set maxReceiveCount to 12 or more.',
      });
    },
  );

  test('a FIFO queue, where a delivery counts for the whole batch', async () => {
    await writeProject(directory, {
      'infra/config.ts': `export const describeStage = (stage) => ({
        stage,
        queues: { images: { fifo: true, worker: { functionTimeoutSeconds: 39, batchSize: 4 } } },
      });`,
    });
    const redrive = { deadLetterQueueName: 'dev-images-dlq.fifo', maxReceiveCount: 32 };
    const queue = { queueName: 'dev-images.fifo', visibilityTimeoutSeconds: 240, redrive };
    await startQueues({ queueName: 'dev-images-dlq.fifo' }, queue);
    expect(await look('redrive of images')).toMatchObject({
      level: 'problem',
      text: expect.stringContaining('a task has 7 attempts × 4 in a batch'),
      advice: 'Set maxReceiveCount to 33 or more.',
    });
  });

  test('dead letters that wait', async () => {
    await startQueues(DEAD_LETTERS, GOOD);
    const client = new SQSClient({});
    const QueueUrl = sqs.queueUrl('dev-images-dlq');
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}' }));
    client.destroy();
    expect(await look('redrive of images')).toMatchObject({
      code: 0,
      level: 'warning',
      text: 'to dev-images-dlq after 15 receives, 1 dead',
    });
  });

  test('a visibility timeout under 6 × the timeout of the function + the batching window', async () => {
    await startQueues(DEAD_LETTERS, { ...GOOD, visibilityTimeoutSeconds: 239 });
    expect(await look('visibility of images')).toMatchObject({
      code: 1,
      level: 'problem',
      text: expect.stringContaining(
        "239 s is less than 6 × the function's 39 s + the batching window's 6 s",
      ),
      advice: 'Set the visibility timeout to 240 s or more.',
    });
  });
});

describe('AWS', () => {
  beforeEach(() => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE']) {
      vi.stubEnv(name, undefined);
    }
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    vi.stubEnv('AWS_CONFIG_FILE', '/dev/null');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null');
  });

  test('without credentials the queues are not looked at, which is a warning', async () => {
    vi.stubEnv('AWS_REGION', 'eu-west-1');
    expect(await look('AWS')).toMatchObject({
      code: 0,
      level: 'warning',
      text: 'no credentials (eu-west-1)',
    });
    expect(await look('queue images')).toEqual({ code: 0 });
  });

  test('without a region, too', async () => {
    vi.stubEnv('AWS_REGION', undefined);
    vi.stubEnv('AWS_DEFAULT_REGION', undefined);
    expect(await look('AWS')).toMatchObject({ level: 'warning', text: 'no region' });
  });
});

describe('the token', () => {
  beforeEach(() => startQueues(DEAD_LETTERS, GOOD));

  test('that OneUptime does not know is a problem, and is not shown', async () => {
    const found = await look('token', { ONEUPTIME_TOKEN: 'wrong-4711' });
    expect(found).toMatchObject({ code: 1, level: 'problem' });
    expect(found.text).toContain('OneUptime answered 401 to GET /otlp/v1/validate');
    expect(JSON.stringify(found)).not.toContain('4711');
  });

  test('that is nowhere is a warning: it may be another backend that is meant', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_SSM', 'http://127.0.0.1:9');
    expect(await look('token', { ONEUPTIME_TOKEN: '' })).toMatchObject({
      code: 0,
      level: 'warning',
      text: expect.stringContaining('ONEUPTIME_TOKEN is not set'),
    });
  });

  test('is only checked: nothing is sent', async () => {
    await doctor();
    expect(oneuptime.requests.map(({ path }) => path)).toEqual(['/otlp/v1/validate']);
  });

  test('its answer tells the time, by which the clock is checked', async () => {
    const headers = { date: new Date(Date.now() - 3_600_000).toUTCString() };
    oneuptime.fail({ method: 'GET', path: /validate/, status: 200, headers });
    expect(await look('clock')).toMatchObject({
      code: 1,
      level: 'problem',
      text: expect.stringMatching(/^3[56]\d\d s ahead$/),
    });
  });
});

describe('a token that is refused', () => {
  test('leaves the clock to be checked by the time of the refusal', async () => {
    await startQueues(DEAD_LETTERS, GOOD);
    const environment = { ONEUPTIME_TOKEN: 'wrong' };
    expect(await look('clock', environment)).toMatchObject({ level: 'ok' });
    const headers = { date: new Date(Date.now() - 60_000).toUTCString() };
    oneuptime.fail({ method: 'GET', path: /validate/, status: 401, headers });
    expect(await look('clock', environment)).toMatchObject({
      level: 'warning',
      text: expect.stringMatching(/^(59|60|61|62) s ahead$/),
    });
  });
});

test('a folder that is no project is one problem, with what to do', async () => {
  await rm(join(directory, 'infra'), { recursive: true });
  expect(await look('project')).toMatchObject({
    code: 1,
    level: 'problem',
    text: expect.stringContaining('There is no infra/config.ts'),
  });
});
