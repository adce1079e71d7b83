import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Plugin } from 'esbuild';

/** Loaded when first used, and of another protocol than SQS's client, so that it wants more of what both share. */
const SEPARATE = '@aws-sdk/client-scheduler';
export const SEPARATE_SUFFIX = '?separate';
const RESOLVING = Symbol('resolving');
const INSIDE = Symbol('inside');

/**
 * Gives a package that is loaded late copies of its own of all that it imports. esbuild puts a file
 * that two chunks share whole into what they both load: 16 KB of a cold start of `enqueue-task`
 * were parts of `@smithy/core` that Scheduler's client alone uses.
 */
export function separateCopyPlugin(): Plugin {
  return {
    name: 'separate-copy',
    setup(build) {
      build.onResolve({ filter: /.*/ }, async ({ path, pluginData, ...rest }) => {
        // Another plugin's data: it resolves this import in its turn, and would be asked again for ever.
        const isFirst = path === SEPARATE && pluginData === undefined;
        if (pluginData !== INSIDE && !isFirst) return;
        const { importer, kind, resolveDir } = rest;
        const options = { importer, kind, resolveDir, pluginData: RESOLVING };
        const resolved = await build.resolve(path, options);
        const isFile = resolved.errors.length === 0 && resolved.namespace === 'file';
        if (!isFile || resolved.external) return resolved;
        return { ...resolved, suffix: SEPARATE_SUFFIX, pluginData: INSIDE };
      });
      build.onLoad({ filter: /\.[cm]?js$/, namespace: 'file' }, async ({ path, suffix }) => {
        if (suffix !== SEPARATE_SUFFIX) return undefined;
        const contents = await readFile(path, 'utf8');
        return { contents, loader: 'js', resolveDir: dirname(path), pluginData: INSIDE };
      });
    },
  };
}
