import type { Task } from '../../../lib/task/define-task.ts';
import type { TaskContract } from '../console-api.ts';
import { readJsonSchema } from './json-schema.ts';
import { readSamples } from './read-samples.ts';
import { samplePayloads } from './sample-payload.ts';

/** A task as somebody sees it who wants to enqueue it. */
export async function describeContract(
  task: Task,
  { projectDirectory, fifo }: { projectDirectory: string; fifo: boolean },
): Promise<TaskContract> {
  const schema = await readJsonSchema(task, projectDirectory);
  const given = await readSamples(task.name, projectDirectory);
  return {
    task: task.name,
    queue: task.queue,
    fifo,
    http: task.http,
    maxAttempts: task.retry.maxAttempts,
    timeoutSeconds: task.timeoutSeconds,
    ...(schema !== undefined && { schema }),
    samples: given.length > 0 ? given : samplePayloads(schema),
  };
}
