import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { expect, it, onTestFinished, vi } from 'vitest';
import { waitUntil } from '../local/lambda/wait-until.ts';
import { type LocalStart, npmStart } from '../support/local-start.ts';
import { processGroup } from '../support/process-group.ts';
import { promised } from '../support/promised.ts';

/** For a task's line after its request, and for a stop. */
const TWO_SECONDS = 2_000;

// Several processes of Node are started in each of them.
vi.setConfig({ testTimeout: 120_000 });

it('npm start: the curl that it prints runs a task; SIGTERM to npm stops everything', async () => {
  const start = run();
  const url = await start.untilReady();

  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const curl = (await start.untilLine(/Try: {2}curl/)).replace(/^.*Try: /, '');
  const { stdout } = await promisify(execFile)('sh', ['-c', `${curl} -sS`]);
  const answer = JSON.parse(stdout);
  expect(answer).toMatchObject({ task: 'process_order', queue: 'default' });
  const line = await start.untilLine(lineOf(answer.id), { withinMs: promised(TWO_SECONDS) });
  expect(line).toMatch(/^process_order {2}\S+ {2}completed {2}\d+ ms {2}trace [0-9a-f]{32}$/);
  expect(line).toContain(answer.trace_id);

  expect((await fetch(`${url}/health`)).status).toBe(200);
  const page = async () => (await fetch(`${url}/`)).headers.get('content-type')?.includes('html');
  await waitUntil('the console, which is built beside it', page, 60_000);
  const scraped = await (await fetch(`${url}/metrics`)).text();
  expect(scraped).toMatch(/^queue_depth_messages\{queue_name="default"\} \d+$/m);

  expect(processGroup(start.pid).length).toBeGreaterThan(3);
  process.kill(start.pid, 'SIGTERM');
  await start.untilGone(promised(TWO_SECONDS));
  await expect(fetch(url)).rejects.toThrow();
});

it('npm start: Ctrl-C stops everything while a task runs', async () => {
  const start = run();
  const url = await start.untilReady();
  await post(url, 'process_payment', { payment_id: 'slow-1', amount: 1 });
  // It was sent later, so the slow one has begun when it is done.
  const { id } = await post(url, 'process_order', { order_id: 'o-1' });
  await start.untilLine(lineOf(id));

  process.kill(-start.pid, 'SIGINT');
  await start.untilGone(promised(TWO_SECONDS));
});

it('npm start: SIGTERM before it is ready stops everything, too', async () => {
  const start = run();
  await waitUntil('the build of the functions', () =>
    processGroup(start.pid).some((process) => process.endsWith(' esbuild')),
  );

  process.kill(start.pid, 'SIGTERM');
  await start.untilGone(promised(TWO_SECONDS));
  expect(start.lines.join('\n')).not.toContain('is ready');
});

it('npm start: a failed task has its line, too', async () => {
  const start = run();
  const url = await start.untilReady();
  const { id, trace_id } = await post(url, 'process_payment', {
    payment_id: 'declined-1',
    amount: 1,
  });

  const line = await start.untilLine(lineOf(id));
  expect(line).toContain(trace_id);
  expect(line).not.toContain('completed');
});

it('npm start: a taken port is a clear error', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const start = run({ PORT: String(port) });

  const { code } = await start.untilExit();
  expect(code).not.toBe(0);
  expect(start.lines.join('\n')).toMatch(new RegExp(`Port ${port} is taken.*Set PORT`));
  expect(start.lines.join('\n')).not.toMatch(/is ready|at .*\.ts:\d+/);
  await start.untilGone(promised(TWO_SECONDS));
});

it('npm start: a PORT that is no port is a clear error', async () => {
  const start = run({ PORT: 'web' });

  const { code } = await start.untilExit();
  expect(code).not.toBe(0);
  expect(start.lines.join('\n')).toMatch(/PORT is "web"; use a whole number/);
  await start.untilGone(promised(TWO_SECONDS));
});

function run(environment?: Record<string, string>): LocalStart {
  const start = npmStart(environment);
  onTestFinished(() => start.kill());
  return start;
}

function lineOf(id: string): RegExp {
  return new RegExp(`^process_\\w+ {2}${id} `);
}

async function post(url: string, task: string, payload: unknown) {
  const response = await fetch(`${url}/tasks/${task}`, {
    method: 'POST',
    body: JSON.stringify(payload),
  });
  expect(response.status).toBe(202);
  return (await response.json()) as { id: string; trace_id: string };
}
