import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { BundleManifest } from '../../infra/constructs/function-bundle.ts';
import type { Finding } from './finding.ts';

/** Whether the bundles are those of the sources: judged by what the files hold, as at deployment. */
export function checkBuild(directory: string): Finding {
  const name = 'build';
  const bundles = join(directory, 'dist/functions');
  const manifest = readManifest(join(bundles, 'manifest.json'));
  const advice = 'Run "leadline build" (in a clone: npm run build).';
  if (manifest === undefined) {
    return { name, level: 'warning', text: `There is no build in ${bundles}`, advice };
  }
  const functions = Object.entries(manifest.functions);
  for (const [bundle, { inputs, outputs }] of functions) {
    const stale = firstChanged(bundles, inputs);
    const changed = firstChanged(join(bundles, bundle), outputs);
    if (stale !== undefined) {
      const text = `${bundle} is stale: ${stale} has changed since it was built`;
      return { name, level: 'problem', text, advice };
    }
    if (changed !== undefined) {
      const text = `${bundle} is not what was built: ${changed} is another or missing`;
      return { name, level: 'problem', text, advice };
    }
  }
  return { name, level: 'ok', text: `${functions.map(([bundle]) => bundle).join(', ')} are fresh` };
}

function readManifest(path: string): BundleManifest | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function firstChanged(directory: string, hashes: Record<string, string>): string | undefined {
  return Object.keys(hashes)
    .map((path) => ({ path: resolve(directory, path), hash: hashes[path] }))
    .find(({ path, hash }) => !existsSync(path) || hashOf(path) !== hash)?.path;
}

function hashOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
