import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildFunctions } from '../../cli/build/build-functions.ts';
import { waitUntil } from '../local/lambda/wait-until.ts';
import { copyProject, type ProjectCopy } from '../support/copy-project.ts';
import { extraTasks } from '../support/extra-tasks.ts';
import { startTestStack, type TestStack, untilEmpty } from '../support/test-stack.ts';
import { WORKER_FUNCTION } from '../support/test-stack-description.ts';

const VISIBILITY_SECONDS = 4;

let project: ProjectCopy;
let stack: TestStack;
beforeAll(async () => {
  project = await copyProject(extraTasks);
  await buildFunctions({ projectDirectory: project.directory });
  stack = await startTestStack({
    bundleDirectory: join(project.directory, 'dist/functions'),
    visibilityTimeoutSeconds: VISIBILITY_SECONDS,
    workerTimeoutSeconds: 30,
  });
});
afterAll(async () => {
  await stack?.stop();
  await project?.remove();
});

it('loses no message when the process that works on it is killed', async () => {
  const { body } = await stack.post('first_attempt_hangs', {});
  const startedAt = await waitUntil('the first attempt', () => startOf(body.id, 1));
  const [worker] = stack.lambda.instances(WORKER_FUNCTION);
  expect(worker?.state).toBe('busy');

  process.kill(worker?.pid ?? 0, 'SIGKILL');

  const report = await waitUntil('the end of the killed instance', () =>
    stack.reports.find(({ instanceId }) => instanceId === worker?.id),
  );
  expect(report.status).toBe('exit');
  const second = await stack.telemetry.waitFor(
    ({ spans }) => spans().find(({ attributes }) => attributes['task.attempt'] === 2),
    { describe: 'the second attempt' },
  );
  expect(second.attributes).toMatchObject({ 'task.id': body.id, 'task.outcome': 'completed' });
  expect(second.traceId).toBe(body.trace_id);
  // The killed attempt hid the message for the visibility timeout, counted from its receive.
  const againAt = startOf(body.id, 2) ?? 0;
  expect(againAt - startedAt).toBeGreaterThan((VISIBILITY_SECONDS - 1) * 1_000);
  await untilEmpty(stack);
});

/** When stdout said so: a killed process sends no telemetry. */
function startOf(id: string, attempt: number): number | undefined {
  const line = stack
    .logLines()
    .find(
      (each) =>
        each['message'] === 'task starting' &&
        each['task.id'] === id &&
        each['task.attempt'] === attempt,
    );
  return line && Date.parse(String(line['timestamp']));
}
