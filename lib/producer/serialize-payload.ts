import { InvalidPayload } from '../errors/invalid-payload.ts';
import type { Task } from '../task/define-task.ts';
import { validatePayload } from '../task/validate-payload.ts';

/**
 * The payload as the worker will read it, checked against the schema in that form: a Date that
 * becomes a string on the way has to be a valid string there. What is sent is the input, not the
 * schema's output, so that transforms run once, in the worker.
 *
 * @throws InvalidPayload when it is no JSON or does not fit.
 */
export async function serializePayload(task: Task, payload: unknown): Promise<unknown> {
  let json: string | undefined;
  try {
    json = JSON.stringify(payload);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidPayload(task.name, [{ path: [], message: `is not JSON: ${reason}` }]);
  }
  if (json === undefined) {
    throw new InvalidPayload(task.name, [{ path: [], message: `${typeof payload} is not JSON` }]);
  }
  const wirePayload: unknown = JSON.parse(json);
  await validatePayload(task, wirePayload);
  return wirePayload;
}
