import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeContract } from '../../../../cli/console/contracts/describe-contract.ts';
import { readSamples } from '../../../../cli/console/contracts/read-samples.ts';
import { tasks } from '../../../../functions/tasks/index.ts';
import { validatePayload } from '../../../../lib/task/validate-payload.ts';
import { repository } from '../../../support/repository.ts';

let project: string;
beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), 'leadline-samples-'));
  await mkdir(join(project, 'functions/tasks'), { recursive: true });
});
afterEach(() => rm(project, { recursive: true, force: true }));

it.each(tasks)('offers payloads that $name takes', async (task) => {
  const { samples } = await describeContract(task, { projectDirectory: repository, fifo: false });
  expect(samples.length).toBeGreaterThan(1);
  for (const { payload } of samples) await validatePayload(task, payload);
});

it('offers the payments that the README speaks of', async () => {
  const samples = await readSamples('process_payment', repository);
  expect(samples.map(({ name }) => name)).toEqual(['flaky', 'declined', 'slow', 'payment']);
});

it.each(['{', 'null', '[]', '{"ship": 7}', '{"ship": null}', '{"other": {"a": 1}}'])(
  'offers none where the file has %s',
  async (text) => {
    await writeFile(join(project, 'functions/tasks/samples.json'), text);
    expect(await readSamples('ship', project)).toEqual([]);
  },
);

it('needs no file, and takes nothing for a task that an object has by itself', async () => {
  expect(await readSamples('ship', project)).toEqual([]);
  await writeFile(join(project, 'functions/tasks/samples.json'), '{}');
  expect(await readSamples('constructor', project)).toEqual([]);
});
