import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { context, metrics, propagation, trace } from '@opentelemetry/api';
import { logs } from '@opentelemetry/api-logs';
import type { Context, SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { processOrder } from '../../functions/tasks/process-order.ts';
import { createRecord } from '../../lib/testing.ts';

const root = join(import.meta.dirname, '../..');
let folder = '';
beforeAll(async () => {
  // Within the repository, so that its packages are found.
  folder = await mkdtemp(join(root, 'test/docs/.examples-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The code blocks of a page, as modules that can be imported. */
async function examplesOf(page: string): Promise<Record<string, unknown>[]> {
  const markdown = await readFile(join(root, 'docs', page), 'utf8');
  const blocks = [...markdown.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code);
  const paths = await Promise.all(
    blocks.map(async (code, index) => {
      const path = join(folder, `${page}-${index}.ts`);
      const linked = code
        .replaceAll(/'leadline\/(\w+)'/g, "'../../../lib/$1.ts'")
        .replaceAll("'../functions/", "'../../../functions/");
      await writeFile(path, linked);
      return path;
    }),
  );
  const modules = [];
  for (const path of paths) modules.push((await import(path)) as Record<string, unknown>);
  return modules;
}

const handlerOf = (module?: Record<string, unknown>) => module?.['handler'] as Handler;
type Handler = (event: SQSEvent, context: Context) => Promise<unknown>;
const event: SQSEvent = {
  Records: [
    createRecord(processOrder, { order_id: 'o-1' }, { id: 'a' }),
    { ...createRecord(processOrder, { order_id: 'o-2' }, { id: 'b' }), body: 'bad' },
  ],
};
const lambdaContext = () =>
  ({
    functionName: 'example',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:example',
    awsRequestId: 'request-1',
    getRemainingTimeInMillis: () => 3_000,
  }) as Context;

describe('docs/testing.md', () => {
  it('says what comes out', async () => {
    const [task, batch] = await examplesOf('testing.md');
    expect(task).toMatchObject({ retried: 'retry', completed: 'completed' });
    expect(task?.['steps']).toContain('charge_card');
    expect(batch).toMatchObject({ all: ['completed', 'dead'] });
  });
});

describe('docs/middlewares.md', () => {
  it('shows handlers that do what it says', async () => {
    // The page before this one records in memory.
    for (const api of [trace, metrics, logs, context, propagation]) api.disable();
    const paths: string[] = [];
    const backend = createServer((request, response) => {
      paths.push(request.url ?? '');
      request.resume().on('end', () => response.end('{}'));
    });
    await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
    const { port } = backend.address() as AddressInfo;
    vi.stubEnv('ONEUPTIME_ENDPOINT', `http://127.0.0.1:${port}/otlp`);
    vi.stubEnv('ONEUPTIME_TOKEN', 'token');
    try {
      const [traced, partial, flushed] = await examplesOf('middlewares.md');
      await expect(handlerOf(traced)(event, lambdaContext())).resolves.toBeUndefined();
      await expect(handlerOf(partial)(event, lambdaContext())).resolves.toEqual({
        batchItemFailures: [{ itemIdentifier: 'message-b' }],
      });
      await expect(handlerOf(flushed)(event, lambdaContext())).resolves.toBe(2);
      expect(paths).toContain('/otlp/v1/metrics');
    } finally {
      vi.unstubAllEnvs();
      backend.closeAllConnections();
      await new Promise((resolve) => backend.close(resolve));
    }
  });
});
