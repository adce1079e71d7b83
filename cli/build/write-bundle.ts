import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { OutputFile } from 'esbuild';

type BundleFile = Pick<OutputFile, 'path' | 'contents'>;

/** Longer than any instance of an earlier build is kept before it is replaced. */
const KEEP_MS = 10 * 60_000;
/** The files of one build are written within this. */
const BUILD_MS = 60_000;

/**
 * Chunks first, index.mjs last and each in one step: an instance that starts in mid-build loads
 * the old bundle or the new one, never a mixture. Chunks of the build before stay for a while,
 * since a running instance may not have loaded them yet.
 */
export async function writeBundle(directory: string, files: readonly BundleFile[]): Promise<void> {
  await mkdir(directory, { recursive: true });
  const previousBuild = await modifiedAt(join(directory, 'index.mjs'));
  const isIndex = (file: BundleFile) => basename(file.path) === 'index.mjs';
  await Promise.all(files.filter((file) => !isIndex(file)).map((file) => writeWhole(file)));
  for (const file of files.filter(isIndex)) await writeWhole(file);
  await removeOld(directory, new Set(files.map(({ path }) => basename(path))), previousBuild);
}

async function writeWhole({ path, contents }: BundleFile): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}`);
  await writeFile(temporary, contents);
  await rename(temporary, path).catch(async (error: unknown) => {
    await rm(temporary, { force: true });
    throw error;
  });
}

/** Files of the build before count from now, when they are replaced; older ones have had their time. */
async function removeOld(
  directory: string,
  current: ReadonlySet<string>,
  previousBuild: number,
): Promise<void> {
  const others = (await readdir(directory)).filter((name) => !current.has(name));
  await Promise.all(
    others.map(async (name) => {
      const path = join(directory, name);
      const writtenAt = await modifiedAt(path);
      if (writtenAt >= previousBuild - BUILD_MS) await utimes(path, new Date(), new Date());
      else if (Date.now() - writtenAt > KEEP_MS) await rm(path, { force: true, recursive: true });
    }),
  );
}

/** NaN where there is no such file: another build may remove it at the same time. */
async function modifiedAt(path: string): Promise<number> {
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.NaN }));
  return mtimeMs;
}
