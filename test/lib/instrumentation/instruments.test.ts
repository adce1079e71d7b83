import { readFile } from 'node:fs/promises';
import { afterAll, expect, it } from 'vitest';
import { createInstruments } from '../../../lib/instrumentation/instruments.ts';
import { SCOPE_VERSION } from '../../../lib/instrumentation/scope.ts';
import { DISTRO_VERSION } from '../../../lib/telemetry/resource.ts';
import { startInMemoryTelemetry } from './in-memory-telemetry.ts';

const telemetry = startInMemoryTelemetry();
afterAll(() => telemetry.stop());

it('keeps 50 error types an instance, over all metrics, and counts the rest as other', async () => {
  const { taskFailed, taskRetries } = createInstruments();
  for (let index = 0; index < 60; index += 1) {
    taskFailed.add(1, { 'task.name': 't', 'error.type': `Error${index}` });
    taskRetries.add(1, { 'task.name': 't', 'error.type': `Error${index}` });
  }
  taskFailed.add(1, { 'task.name': 't', 'error.type': 'Error0' });
  const byType = async (metric: string) =>
    new Map((await telemetry.points(metric)).map((p) => [p.attributes['error.type'], p.value]));
  const failed = await byType('task.failed');
  expect(failed.size).toBe(51);
  expect(failed.get('other')).toBe(10);
  expect(failed.get('Error0')).toBe(2);
  expect(failed.get('Error49')).toBe(1);
  expect([...(await byType('task.retries')).keys()]).toEqual([...failed.keys()]);
});

it('records points that have no error type as they are', async () => {
  const { taskEnqueued, clientOperationDuration } = createInstruments();
  taskEnqueued.add(2, { 'task.name': 't' });
  clientOperationDuration.record(0.5);
  expect(await telemetry.points('task.enqueued')).toMatchObject([
    { value: 2, attributes: { 'task.name': 't' } },
  ]);
  expect(await telemetry.points('messaging.client.operation.duration')).toMatchObject([
    { value: { count: 1, sum: 0.5 }, attributes: {} },
  ]);
});

it('says the version of package.json', async () => {
  const url = new URL('../../../package.json', import.meta.url);
  const { version } = JSON.parse(await readFile(url, 'utf8')) as { version: string };
  expect(SCOPE_VERSION).toBe(version);
  expect(DISTRO_VERSION).toBe(version);
});
