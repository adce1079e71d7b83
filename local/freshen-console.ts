import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

/** What the page is made of. */
const SOURCES = ['cli/console/page', 'cli/console/console-api.ts', 'cli/console/build-console.ts'];

/**
 * Builds the console's page to `dist/console` where it is missing or older than its sources, on a
 * thread of its own: the bundler takes half a second to load alone.
 *
 * @returns whether there was something to build.
 * @throws what the bundler throws when a source does not build.
 */
export async function freshenConsole(projectDirectory: string): Promise<boolean> {
  const builtAt = await changedAt(join(projectDirectory, 'dist/console/index.html'));
  if (builtAt > (await newestOf(projectDirectory))) return false;
  const worker = new Worker(new URL('./build-console-page.ts', import.meta.url), {
    workerData: projectDirectory,
    stdout: true,
    stderr: true,
  });
  await new Promise<void>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`The thread that builds it ended with ${code}.`));
    });
  });
  return true;
}

async function newestOf(projectDirectory: string): Promise<number> {
  const files = await Promise.all(
    SOURCES.map(async (source) => {
      const path = join(projectDirectory, source);
      const below = await readdir(path, { recursive: true }).catch(() => []);
      return [path, ...below.map((file) => join(path, file))];
    }),
  );
  return Math.max(...(await Promise.all(files.flat().map(changedAt))));
}

/** 0 for what does not exist. */
async function changedAt(file: string): Promise<number> {
  return stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}
