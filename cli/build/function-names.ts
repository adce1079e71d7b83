import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The functions that a project may have, each of a file in functions/. */
const FUNCTION_NAMES = ['enqueue-task', 'process-tasks', 'sample-queue-depth', 'health'];

/**
 * The functions that this project has.
 *
 * @throws Error when it has none: this is then not the folder of a project.
 */
export function functionNames(projectDirectory: string): string[] {
  const names = FUNCTION_NAMES.filter((name) =>
    existsSync(join(projectDirectory, 'functions', `${name}.ts`)),
  );
  if (names.length > 0) return names;
  const files = FUNCTION_NAMES.map((name) => `functions/${name}.ts`);
  throw new Error(
    `There is no function in ${projectDirectory}: none of ${files.join(', ')}. Run it in the folder of the project.`,
  );
}
