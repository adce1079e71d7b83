import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import type { OutputFile } from 'esbuild';
import type { BundleManifest, BundleRecord } from '../../infra/constructs/function-bundle.ts';

export interface ManifestEntry {
  name: string;
  /** Absolute paths of what esbuild read. */
  inputs: readonly string[];
  files: readonly Pick<OutputFile, 'path' | 'contents'>[];
}

/**
 * Writes what the bundles were made of beside them, so that a deployment can tell a stale one.
 * Functions that were not built this time keep their record.
 */
export async function writeManifest(
  outputDirectory: string,
  entries: readonly ManifestEntry[],
): Promise<void> {
  const path = join(outputDirectory, 'manifest.json');
  const previous = await readManifest(path);
  const hashes = new Map<string, Promise<string>>();
  const hashFile = (file: string) => {
    const hash = hashes.get(file) ?? readFile(file).then(hashOf);
    hashes.set(file, hash);
    return hash;
  };
  const built = await Promise.all(
    entries.map(async ({ name, inputs, files }): Promise<[string, BundleRecord]> => {
      const read = inputs.map(async (file): Promise<[string, string]> => {
        const fromManifest = relative(outputDirectory, file).split(sep).join('/');
        return [fromManifest, await hashFile(file)];
      });
      const outputs = files.map(({ path, contents }) => [basename(path), hashOf(contents)]);
      return [
        name,
        {
          inputs: Object.fromEntries(await Promise.all(read)),
          outputs: Object.fromEntries(outputs),
        },
      ];
    }),
  );
  const manifest: BundleManifest = {
    version: 1,
    functions: { ...previous?.functions, ...Object.fromEntries(built) },
  };
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, JSON.stringify(manifest, undefined, 1));
  await rename(temporary, path);
}

async function readManifest(path: string): Promise<BundleManifest | undefined> {
  try {
    const manifest: BundleManifest = JSON.parse(await readFile(path, 'utf8'));
    // The records of another version mean what only that one knows.
    return manifest.version === 1 ? manifest : undefined;
  } catch {
    return undefined;
  }
}

function hashOf(contents: Uint8Array): string {
  return createHash('sha256').update(contents).digest('hex');
}
