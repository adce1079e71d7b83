import { dirname, join, resolve, sep } from 'node:path';
import type { Plugin, PluginBuild } from 'esbuild';

import { isFreeOfAwait } from './is-free-of-await.ts';

/** lib/ of this package, also where it is installed. */
const OURS = join(import.meta.dirname, '../../lib') + sep;
/** Packages whose modules wait for nothing when they load, and import() some of their own. */
const WITHOUT_AWAIT = /[\\/]node_modules[\\/]@(opentelemetry|smithy|aws-sdk)[\\/]/;
/** Large packages, of which esbuild leaves out what an import() does not name, but only if it sees it. */
const SHAKEN = /[\\/]node_modules[\\/]@aws-sdk[\\/]client-/;
const LATER = 'later';
const STATICS = 'leadline:statics';
const RESOLVING = Symbol('resolving');

/**
 * Keeps what a cold start loads together. esbuild puts what is loaded at the start, and what loads
 * later uses too, into a chunk for each set of those that use it. The cold start of a
 * worker opened 13 files, and to open one takes Node half a millisecond.
 *
 * So what `import()` loads is made to import everything that was loaded at the start, and all have
 * one set. The entry point itself is left out: its top-level `await` may wait for an `import()`, and
 * each would wait for the other for ever. For the same reason nothing is done where another module
 * that is loaded at the start has one, nor for what packages of others import() themselves.
 */
export function oneStaticChunkPlugin(): Plugin {
  return {
    name: 'one-static-chunk',
    setup(build) {
      build.onResolve({ filter: /.*/ }, async ({ path, kind, pluginData, ...rest }) => {
        const { importer, resolveDir, with: attributes } = rest;
        if (kind !== 'dynamic-import' || pluginData !== undefined) return undefined;
        if (isOfPackage(importer) && !WITHOUT_AWAIT.test(importer)) return undefined;
        if (Object.keys(attributes).length > 0) return undefined;
        const options = { importer, kind, resolveDir, pluginData: RESOLVING };
        const resolved = await build.resolve(path, options);
        const isFile = resolved.errors.length === 0 && resolved.namespace === 'file';
        if (!isFile || resolved.external || resolved.suffix !== '') return undefined;
        if (SHAKEN.test(resolved.path)) return undefined;
        const { isModule, exports } = await readModule(build, resolved.path);
        // Of CommonJS, `export *` takes nothing, and a default export may be another one.
        if (!isModule) return undefined;
        const hasDefault = exports.includes('default');
        return { path: resolved.path, namespace: LATER, pluginData: { hasDefault } };
      });
      build.onLoad({ filter: /.*/, namespace: LATER }, ({ path, pluginData }) => {
        const from = JSON.stringify(path);
        const { hasDefault } = pluginData as { hasDefault: boolean };
        const names = `import { statics } from '${STATICS}'; statics(); export * from ${from};`;
        return {
          contents: hasDefault ? `${names} export { default } from ${from};` : names,
          resolveDir: dirname(path),
        };
      });
      build.onResolve({ filter: new RegExp(`^${STATICS}$`) }, () => ({
        // Whose imports they are: builtinModulesPlugin looks at how they are written.
        path: entryPointOf(build),
        namespace: STATICS,
      }));
      build.onLoad({ filter: /.*/, namespace: STATICS }, async () => {
        const entry = entryPointOf(build);
        const { imports } = await readModule(build, entry);
        const names = imports.flatMap(namesOf);
        // Called, and so in use: of a package only what is used counts.
        const contents = `${imports.join('\n')}\nexport const statics = () => [${names.join()}];`;
        const resolveDir = dirname(entry);
        return {
          contents: (await isFreeOfAwait(build.esbuild, contents, resolveDir))
            ? contents
            : 'export const statics = () => {};',
          resolveDir,
        };
      });
    },
  };
}

/** Whether a file is neither the project's nor ours. */
function isOfPackage(path: string): boolean {
  return /[\\/]node_modules[\\/]/.test(path) && !path.startsWith(OURS);
}

function entryPointOf({ initialOptions }: PluginBuild): string {
  const [entry = ''] = Object.values((initialOptions.entryPoints ?? {}) as Record<string, string>);
  return resolve(initialOptions.absWorkingDir ?? '', entry);
}

interface ModuleFacts {
  /** Has ES module syntax. */
  isModule: boolean;
  exports: readonly string[];
  /** What it imports statically: statements, as esbuild prints them. */
  imports: readonly string[];
}

/** Nothing is known of what does not build: the build itself then says why. */
async function readModule({ esbuild }: PluginBuild, path: string): Promise<ModuleFacts> {
  const built = await esbuild
    .build({
      entryPoints: [path],
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      logLevel: 'silent',
      plugins: [everythingExternal],
    })
    .catch(() => undefined);
  const [output] = Object.values(built?.metafile.outputs ?? {});
  return {
    isModule: built?.metafile.inputs[output?.entryPoint ?? '']?.format === 'esm',
    exports: output?.exports ?? [],
    imports: built?.outputFiles[0]?.text.match(/^import\s[^;]*;$/gm) ?? [],
  };
}

/** What an import statement, as esbuild prints it, gives names to. */
function namesOf(statement: string): string[] {
  const clause = /^import\s+(.*?)\s+from\s/s.exec(statement)?.[1] ?? '';
  return clause
    .replace(/[{}]/g, ',')
    .split(',')
    .map((each) => each.trim().replace(/^.*\sas\s+/s, ''))
    .filter((name) => name !== '');
}

const everythingExternal: Plugin = {
  name: 'everything-external',
  setup(build) {
    build.onResolve({ filter: /.*/ }, ({ path, kind }) =>
      kind === 'entry-point' ? undefined : { path, external: true },
    );
  },
};
