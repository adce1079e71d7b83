import type { TaskList, TaskUpdate } from '../../console-api.ts';

/** The rows of the update in the place of those of the same task; new ones in order of their name. */
export function mergeTasks(list: TaskList, update: TaskUpdate): TaskList {
  // The answer to a question was made after it.
  if (update.at < list.at) return list;
  const changed = new Map(update.tasks.map((row) => [row.task, row]));
  const kept = list.tasks.filter(({ task }) => !changed.has(task));
  const tasks = [...kept, ...changed.values()];
  return { at: update.at, tasks: tasks.sort((a, b) => (a.task < b.task ? -1 : 1)) };
}
