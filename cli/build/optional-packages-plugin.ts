import type { Plugin } from 'esbuild';

/** Packages that only some settings need; Lambda's own image has the AWS clients among them. */
const OPTIONAL =
  /^(@aws-sdk\/client-(ssm|secrets-manager|scheduler)|@opentelemetry\/propagator-(b3|aws-xray))$/;
const RESOLVING = Symbol('resolving');

/** Leaves the import of an optional package that is not installed to run time, where it is caught. */
export function optionalPackagesPlugin(): Plugin {
  return {
    name: 'optional-packages',
    setup(build) {
      build.onResolve({ filter: OPTIONAL }, async ({ path, pluginData, ...rest }) => {
        if (pluginData === RESOLVING) return undefined;
        const { importer, kind, resolveDir } = rest;
        const options = { importer, kind, resolveDir, pluginData: RESOLVING };
        const resolved = await build.resolve(path, options);
        return resolved.errors.length > 0 ? { path, external: true } : resolved;
      });
    },
  };
}
