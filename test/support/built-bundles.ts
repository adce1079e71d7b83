import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { buildFunctions } from '../../cli/build/build-functions.ts';
import { repository } from './repository.ts';

let built: Promise<string> | undefined;

/** The functions that the tests start. */
const NAMES = ['enqueue-task', 'process-tasks', 'sample-queue-depth', 'health'];

/** The folder of the project's bundles, built when they are missing or older than a source. */
export function builtBundles(): Promise<string> {
  built ??= build();
  return built;
}

async function build(): Promise<string> {
  const outputDirectory = join(repository, 'dist/functions');
  const bundles = NAMES.map((name) => join(outputDirectory, name, 'index.mjs'));
  const builtAt = Math.min(...(await Promise.all(bundles.map(changedAt))));
  if (builtAt <= (await newestSource())) await buildFunctions({ projectDirectory: repository });
  return outputDirectory;
}

async function newestSource(): Promise<number> {
  const folders = await Promise.all(
    ['lib', 'functions', 'cli/build'].map(async (folder) =>
      (await readdir(join(repository, folder), { recursive: true })).map((file) =>
        join(repository, folder, file),
      ),
    ),
  );
  const sources = folders.flat().filter((file) => file.endsWith('.ts'));
  return Math.max(...(await Promise.all(sources.map(changedAt))));
}

/** 0 for what does not exist. */
async function changedAt(file: string): Promise<number> {
  return stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}
