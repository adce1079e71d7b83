import { dirname, join, sep } from 'node:path';
import type { Plugin } from 'esbuild';

/** lib/telemetry of this package, beside which the build lies: in the sources, and in dist/. */
const OURS = join(import.meta.dirname, '../../lib/telemetry') + sep;
const RESOLVING = Symbol('resolving');

/**
 * `@opentelemetry/sdk-trace-node` is CommonJS, of which esbuild cannot leave anything out. What
 * lib/telemetry uses of it, it passes on from `sdk-trace-base`, which is ES modules: taken from
 * there, the rest is left out. 25 KB and some 5 ms of a cold start. Whoever else imports the package
 * gets it whole.
 */
export function traceSdkPlugin(): Plugin {
  return {
    name: 'trace-sdk',
    setup(build) {
      const filter = /^@opentelemetry\/sdk-trace-node$/;
      build.onResolve({ filter }, async ({ path, importer, pluginData, kind, resolveDir }) => {
        if (pluginData === RESOLVING || !importer.startsWith(OURS)) return undefined;
        const options = { importer, kind, pluginData: RESOLVING };
        const node = await build.resolve(path, { ...options, resolveDir });
        if (node.errors.length > 0) return node;
        return build.resolve('@opentelemetry/sdk-trace-base', {
          ...options,
          resolveDir: dirname(node.path),
        });
      });
    },
  };
}
