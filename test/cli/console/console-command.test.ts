import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { startSqsServer } from '../../../local/sqs/sqs-server.ts';
import { waitUntil } from '../../local/lambda/wait-until.ts';
import { askConsole, postConsole } from '../../support/console-request.ts';
import { repository } from '../../support/repository.ts';
import { runLeadline } from '../../support/run-leadline.ts';

const PROJECT = '00000000-0000-4000-8000-000000000001';

it('leadline console serves the queues of a stage until Ctrl-C', async () => {
  const sqs = await startSqsServer({
    queues: [{ queueName: 'dev-default' }, { queueName: 'dev-2-low' }],
  });
  onTestFinished(() => sqs.stop());
  const child = spawn(
    process.execPath,
    [join(repository, 'cli/main.ts'), 'console', '--port', '0'],
    {
      cwd: repository,
      env: {
        PATH: process.env['PATH'],
        AWS_ENDPOINT_URL: sqs.endpoint,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
        ONEUPTIME_PROJECT_ID: PROJECT,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  const line = await waitUntil('the address', () => lines[0], 30_000);
  expect(line).toMatch(/^The console of dev in us-east-1 is at http:\/\/127\.0\.0\.1:\d+$/);
  const url = line.slice(line.lastIndexOf(' ') + 1);
  const api = (path: string) => `${url}/console/api/${path}`;

  expect((await askConsole(api('settings'))).json).toMatchObject({
    source: 'aws',
    telemetry: false,
    telemetryUrl: 'https://oneuptime.com/dashboard',
    traceUrl: `https://oneuptime.com/dashboard/${PROJECT}/traces/view/{traceId}`,
    tasks: expect.arrayContaining(['process_order', 'process_payment']),
  });
  const payload = { payment_id: 'p-1', amount: 1 };
  const sent = await postConsole(api('enqueue'), { task: 'process_payment', payload });
  expect(sent.json).toMatchObject({ queue: 'default', traceId: expect.any(String) });
  const { queues } = (await askConsole(api('overview'))).json;
  expect(queues).toMatchObject([{ name: 'default', depth: 1 }]);

  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  expect(await ended).toBe(0);
});

it.each(['x', '-1', '65536', '1.5'])('refuses --port %s', async (port) => {
  const { code, err } = await runLeadline(['console', `--port=${port}`]);
  expect([code, err]).toEqual([2, expect.stringContaining('--port')]);
});

it('needs a stage that the project has', async () => {
  const { code, err } = await runLeadline(['console', '--port', '0', '--stage', 'Not A Stage']);
  expect([code, err]).toEqual([2, expect.stringContaining('describeStage')]);
});
