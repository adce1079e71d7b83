import type { Task } from '../../lib/task/define-task.ts';
import { UsageError } from '../usage-error.ts';
import { loadExport } from './load-export.ts';

/**
 * The contract of a task of the project in `directory`, from `tasks` of `functions/tasks/index.ts`.
 *
 * @throws UsageError with the tasks that there are.
 */
export async function loadContract(directory: string, name: string): Promise<Task> {
  const contracts = await loadExport(directory, 'functions/tasks/index', 'tasks');
  const tasks = Array.isArray(contracts) ? contracts.filter(isTask) : [];
  const found = tasks.find((task) => task.name === name);
  if (found !== undefined) return found;
  const known = tasks.map((task) => task.name).join(', ') || 'none';
  throw new UsageError(`There is no task "${name}". There are: ${known}.`);
}

/** By its form: the project has a copy of this package of its own. */
function isTask(value: unknown): value is Task {
  const { name, queue, payload } = (value ?? {}) as Partial<Record<keyof Task, unknown>>;
  const schema = (payload as Task['payload'] | undefined)?.['~standard'];
  return (
    typeof name === 'string' && typeof queue === 'string' && typeof schema?.validate === 'function'
  );
}
