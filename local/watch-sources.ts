import { watch } from 'node:fs';
import { join } from 'node:path';

/** Until the process ends: calls `onChange` when a source below one of the folders changed, once for changes in a burst. */
export function watchSources(
  projectDirectory: string,
  folders: readonly string[],
  onChange: () => void,
): void {
  let timer: NodeJS.Timeout | undefined;
  const changed = () => {
    clearTimeout(timer);
    // Editors write a file in several steps.
    timer = setTimeout(onChange, 50);
  };
  for (const folder of folders) {
    watch(join(projectDirectory, folder), { recursive: true }, (_event, file) => {
      if (file?.endsWith('.ts')) changed();
    });
  }
}
