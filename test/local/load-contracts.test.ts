import { expect, it, onTestFinished } from 'vitest';
import { readJsonSchema } from '../../cli/console/contracts/json-schema.ts';
import { validatePayload } from '../../lib/task/validate-payload.ts';
import { loadContracts } from '../../local/contracts/load-contracts.ts';
import { copyProject } from '../support/copy-project.ts';

const contract = (name: string, field: string) => `
import * as z from 'zod/mini';
import { defineTask } from '../../lib/index.ts';
export const task = defineTask({
  name: '${name}',
  retry: { maxAttempts: 3, when: () => false },
  payload: z.object({ ${field}: z.object({ id: z.string() }) }),
});
`;

async function load(directory: string) {
  const contracts = await loadContracts(directory);
  onTestFinished(contracts.stop);
  return contracts;
}

it('has the contracts as they are now, also of modules that were loaded before', async () => {
  const project = await copyProject({
    'functions/tasks/index.ts': "import { task } from './own.ts';\nexport const tasks = [task];\n",
    'functions/tasks/own.ts': contract('ship', 'parcel'),
  });
  onTestFinished(project.remove);
  const before = await load(project.directory);
  const [ship] = before.tasks;
  expect(ship).toMatchObject({ name: 'ship', queue: 'default', retry: { maxAttempts: 3 } });
  if (ship === undefined) return;
  expect(await validatePayload(ship, { parcel: { id: 'a' } })).toEqual({ parcel: { id: 'a' } });
  await expect(validatePayload(ship, { parcel: { id: 1 } })).rejects.toMatchObject({
    issues: [{ path: ['parcel', 'id'] }],
  });

  await project.write('functions/tasks/own.ts', contract('send', 'letter'));
  const [send] = (await load(project.directory)).tasks;
  expect(send?.name).toBe('send');
  if (send === undefined) return;
  expect(await readJsonSchema(send, project.directory)).toMatchObject({ required: ['letter'] });

  await project.write('functions/tasks/own.ts', 'export const task = nothing;');
  await expect(loadContracts(project.directory)).rejects.toThrow(/nothing is not defined/);
});

it('refuses to check a payload by contracts that are gone', async () => {
  const project = await copyProject();
  onTestFinished(project.remove);
  const { tasks, stop } = await loadContracts(project.directory);
  const [task] = tasks;
  expect(task).toBeDefined();
  stop();
  await expect(Promise.resolve(task?.payload['~standard'].validate({}))).rejects.toThrow(/anew/);
});
