import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';

/** `manifest.json` beside the bundles: what `leadline build` made of what. */
export interface BundleManifest {
  version: 1;
  functions: Record<string, BundleRecord>;
}

/** SHA-256 in hex by path. */
export interface BundleRecord {
  /** Sources, packages included, relative to the manifest's folder. */
  inputs: Record<string, string>;
  /** The bundle's files, relative to its folder. */
  outputs: Record<string, string>;
}

const VERSION: BundleManifest['version'] = 1;

/**
 * The code of a function: exactly the files of its last build.
 *
 * @param bundles the folder that `leadline build` writes to.
 * @throws Error when the bundle is missing, was changed by hand, or is older than its sources. That
 * is judged by what the files hold, since a checkout or an archive has the times that it likes.
 */
export function readFunctionBundle(bundles: string, name: string): Code {
  const directory = resolve(bundles, name);
  const problem = (text: string) =>
    new Error(
      `The bundle of ${name} in ${directory} ${text} Run "leadline build" (here: npm run build).`,
    );
  const manifest = readManifest(resolve(bundles));
  if (manifest !== undefined && manifest.version !== VERSION) {
    throw problem('was built by another version of Leadline.');
  }
  const record = manifest?.functions[name];
  if (record === undefined || !existsSync(join(directory, 'index.mjs'))) {
    throw problem(`is missing; it is built from functions/${name}.ts.`);
  }
  const changedInput = firstChanged(resolve(bundles), record.inputs);
  if (changedInput !== undefined) {
    throw problem(`is stale: ${changedInput} has changed since it was built.`);
  }
  const changedOutput = firstChanged(directory, record.outputs);
  if (changedOutput !== undefined) {
    throw problem(`is not what was built: ${changedOutput} is another.`);
  }
  // The build leaves chunks of earlier builds there for instances of the local stack.
  const others = readdirSync(directory).filter((file) => !(file in record.outputs));
  return Code.fromAsset(directory, { exclude: others });
}

function readManifest(bundles: string): BundleManifest | undefined {
  const path = join(bundles, 'manifest.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

function firstChanged(directory: string, hashes: Record<string, string>): string | undefined {
  return Object.keys(hashes)
    .map((path) => ({ path: resolve(directory, path), hash: hashes[path] }))
    .find(({ path, hash }) => hashOf(path) !== hash)?.path;
}

function hashOf(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
