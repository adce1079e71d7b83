import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it, onTestFinished, vi } from 'vitest';
import { waitUntil } from '../local/lambda/wait-until.ts';
import { type LocalStart, npmStart } from '../support/local-start.ts';
import { startOtlpBackend } from '../support/otlp-backend.ts';
import { sendDelayedOrder } from '../support/send-delayed-order.ts';

// Several processes of Node are started in each of them.
vi.setConfig({ testTimeout: 120_000 });

it('QUEUE_DATA_DIR keeps a message across restarts', async () => {
  const QUEUE_DATA_DIR = await mkdtemp(join(tmpdir(), 'leadline-queues-'));
  onTestFinished(() => rm(QUEUE_DATA_DIR, { recursive: true, force: true }));
  const first = run({ QUEUE_DATA_DIR });
  await first.untilReady();
  const endpoint = await sqsEndpointOf(first);

  // Longer than the stop may take, so that the first run cannot work on it.
  await sendDelayedOrder(endpoint, 'kept-order', 5);
  process.kill(first.pid, 'SIGTERM');
  await first.untilGone();
  expect(first.lines.join('\n')).not.toContain('kept-order');

  const second = run({ QUEUE_DATA_DIR });
  await second.untilReady();
  await second.untilLine(/^process_order {2}kept-order {2}completed /);
});

it('ONEUPTIME_ENDPOINT and ONEUPTIME_TOKEN: what arrives over OTLP is passed on unchanged', async () => {
  const backend = await startOtlpBackend();
  onTestFinished(() => backend.stop());
  const start = run({
    ONEUPTIME_ENDPOINT: backend.endpoint,
    ONEUPTIME_TOKEN: 'token-of-the-user',
  });
  const url = await start.untilReady();
  const body = gzipSync('{ "resourceLogs" : [ ] }');
  const sent = await fetch(`${url}/otlp/v1/logs`, {
    method: 'POST',
    headers: {
      'x-oneuptime-token': 'of another program',
      'content-type': 'application/json; charset=utf-8',
      'content-encoding': 'gzip',
    },
    body,
  });
  expect(sent.status).toBe(200);
  await fetch(`${url}/tasks/process_order`, { method: 'POST', body: '{"order_id":"o-1"}' });

  const relayed = await waitUntil('the logs that were sent', () =>
    // The depth function compresses, too.
    backend.requests.find(({ headers }) => headers['content-type']?.includes('charset')),
  );
  expect(relayed.path).toBe('/otlp/v1/logs');
  expect(relayed.headers['content-type']).toBe('application/json; charset=utf-8');
  expect(relayed.body.equals(body)).toBe(true);
  await waitUntil('the three signals of the task', () =>
    ['traces', 'metrics', 'logs'].every((signal) =>
      backend.requests.some(
        (each) => each.path === `/otlp/v1/${signal}` && each.body.includes('process_order'),
      ),
    ),
  );
  const tokens = new Set(backend.requests.map(({ headers }) => headers['x-oneuptime-token']));
  expect([...tokens]).toEqual(['token-of-the-user']);
  expect(start.lines.join('\n')).not.toContain('token-of-the-user');
});

function run(environment: Record<string, string>): LocalStart {
  const start = npmStart(environment);
  onTestFinished(() => start.kill());
  return start;
}

async function sqsEndpointOf(start: LocalStart): Promise<string> {
  const line = await start.untilLine(/AWS {2,}http/);
  return /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0] ?? '';
}
