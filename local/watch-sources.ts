import { type FSWatcher, watch } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Calls `onChange` when a source below one of the folders has changed: once for changes in a
 * burst, and never while an earlier call is at work. Until the process ends.
 *
 * Every directory is watched by itself: Node's recursive watch loses a file on Linux once it has
 * been replaced by a rename, which is how most editors and git save.
 */
export async function watchSources(
  projectDirectory: string,
  folders: readonly string[],
  onChange: () => Promise<void>,
): Promise<void> {
  const watchers = new Map<string, FSWatcher>();
  let timer: NodeJS.Timeout | undefined;
  let working = Promise.resolve();
  const changed = () => {
    clearTimeout(timer);
    // Editors write a file in several steps.
    timer = setTimeout(() => {
      working = working.then(onChange);
    }, 50);
  };
  const watchBelow = async (directory: string): Promise<void> => {
    if (watchers.has(directory)) return;
    const watcher = watch(directory, (_event, file) => {
      if (file?.endsWith('.ts')) changed();
      else void watchBelow(join(directory, file ?? '')).then(changed, () => {});
    });
    watcher.on('error', () => forget(directory));
    watchers.set(directory, watcher);
    const entries = await readdir(directory, { withFileTypes: true });
    await Promise.all(
      entries
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => watchBelow(join(directory, name))),
    );
  };
  const forget = (directory: string) => {
    watchers.get(directory)?.close();
    watchers.delete(directory);
  };
  await Promise.all(folders.map((folder) => watchBelow(join(projectDirectory, folder))));
}
