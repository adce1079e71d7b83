import * as z from 'zod/mini';
import { defineTask, type Task } from '../../../../../lib/index.ts';

/** Does what its payload says. */
export const scriptedTask: Task = defineTask({
  name: 'scripted',
  payload: z.object({ do: z.string() }),
  http: true,
});

export const tasks: readonly Task[] = [scriptedTask];
