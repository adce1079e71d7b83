import { readFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import type { Plugin, PluginBuild } from 'esbuild';

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
 * of the project has one, nor for what packages of others import() themselves.
 */
export function oneStaticChunkPlugin(): Plugin {
  return {
    name: 'one-static-chunk',
    setup(build) {
      build.onResolve({ filter: /.*/ }, async ({ path, kind, pluginData, ...rest }) => {
        const { importer, resolveDir } = rest;
        if (kind !== 'dynamic-import' || pluginData !== undefined) return undefined;
        if (isOfPackage(importer) && !WITHOUT_AWAIT.test(importer)) return undefined;
        const options = { importer, kind, resolveDir, pluginData: RESOLVING };
        const resolved = await build.resolve(path, options);
        const isFile = resolved.errors.length === 0 && resolved.namespace === 'file';
        if (!isFile || resolved.external || resolved.suffix !== '') return undefined;
        if (SHAKEN.test(resolved.path)) return undefined;
        if (!(await hasNamesOnly(resolved.path))) return undefined;
        return { path: resolved.path, namespace: LATER };
      });
      build.onLoad({ filter: /.*/, namespace: LATER }, ({ path }) => ({
        contents: `
          import { statics } from ${JSON.stringify(STATICS)};
          statics();
          export * from ${JSON.stringify(path)};`,
        resolveDir: dirname(path),
      }));
      build.onResolve({ filter: new RegExp(`^${STATICS}$`) }, () => ({
        path: STATICS,
        namespace: STATICS,
      }));
      build.onLoad({ filter: /.*/, namespace: STATICS }, async () => {
        const entry = entryPointOf(build);
        const contents = await listStatics(build, entry);
        return { contents, resolveDir: dirname(entry) };
      });
    },
  };
}

/** Whether a file is neither the project's nor ours. */
function isOfPackage(path: string): boolean {
  return /[\\/]node_modules[\\/]/.test(path) && !path.startsWith(OURS);
}

/** `export *` leaves a default export out, and takes nothing from CommonJS that is not called. */
async function hasNamesOnly(path: string): Promise<boolean> {
  const text = await readFile(path, 'utf8');
  return /^export\b/m.test(text) && !/\bexport\s+default\b|\bdefault\s*[,}]/.test(text);
}

function entryPointOf({ initialOptions }: PluginBuild): string {
  const [entry = ''] = Object.values((initialOptions.entryPoints ?? {}) as Record<string, string>);
  return resolve(initialOptions.absWorkingDir ?? '', entry);
}

/**
 * The entry point's imports, and a function that uses what they name: of a package only what is
 * used counts. Nothing is imported where a top-level `await` is in what the project has of it.
 */
async function listStatics({ esbuild }: PluginBuild, entry: string): Promise<string> {
  const { outputFiles } = await esbuild.build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    logLevel: 'silent',
    plugins: [everythingExternal],
  });
  const code = outputFiles[0]?.text ?? '';
  const imports = code.match(/^import\s[^;]*;$/gm) ?? [];
  const names = imports.flatMap(namesOf);
  const contents = `${imports.join('\n')}\nexport const statics = () => [${names.join()}];`;
  const hasNoAwait = await esbuild
    .build({
      stdin: { contents, resolveDir: dirname(entry) },
      bundle: true,
      write: false,
      packages: 'external',
      // The one that refuses a top-level await.
      format: 'cjs',
      logLevel: 'silent',
    })
    .then(
      () => true,
      () => false,
    );
  return hasNoAwait ? contents : 'export const statics = () => {};';
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
