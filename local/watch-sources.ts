import { watch } from 'node:fs';
import { join } from 'node:path';

/**
 * Calls `onChange` when a source below one of the folders has changed: once for changes in a
 * burst, and never while an earlier call is at work. Until the process ends.
 */
export function watchSources(
  projectDirectory: string,
  folders: readonly string[],
  onChange: () => Promise<void>,
): void {
  let timer: NodeJS.Timeout | undefined;
  let working = Promise.resolve();
  const changed = () => {
    clearTimeout(timer);
    // Editors write a file in several steps.
    timer = setTimeout(() => {
      working = working.then(onChange);
    }, 50);
  };
  for (const folder of folders) {
    watch(join(projectDirectory, folder), { recursive: true }, (_event, file) => {
      if (file?.endsWith('.ts')) changed();
    });
  }
}
