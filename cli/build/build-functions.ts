import { join, resolve } from 'node:path';
import { type BuildContext, type BuildOptions, build, context, type Metafile } from 'esbuild';

import { builtinModulesPlugin } from './builtin-modules-plugin.ts';
import { functionNames } from './function-names.ts';
import { lambdaCredentialsPlugin } from './lambda-credentials-plugin.ts';
import { type BundleSize, measureBundle } from './measure-bundle.ts';
import { oneStaticChunkPlugin } from './one-static-chunk-plugin.ts';
import { optionalPackagesPlugin } from './optional-packages-plugin.ts';
import { SEPARATE_SUFFIX, separateCopyPlugin } from './separate-copy-plugin.ts';
import { traceSdkPlugin } from './trace-sdk-plugin.ts';
import { writeBundle } from './write-bundle.ts';
import { writeManifest } from './write-manifest.ts';

export interface BuildFunctionsOptions {
  /** The project's folder, which `functions/` is in. */
  projectDirectory: string;
  /** @default dist/functions in the project */
  outputDirectory?: string;
  /** Entry points below functions/ by name. @default those of the four that it has */
  functions?: readonly string[];
  /**
   * What is kept between two builds of one process, so that the next reads again only what has
   * changed. @default nothing
   */
  kept?: KeptBuilds;
}

/** By function. */
export type KeptBuilds = Map<string, BuildContext<FunctionBuildOptions>>;

export interface BuiltFunction extends BundleSize {
  name: string;
}

/**
 * Bundles each function to `<outputDirectory>/<name>/index.mjs`, export `handler`, with what it
 * loads later in chunks beside it.
 *
 * @throws esbuild's BuildFailure when a source does not build; what was built before stays.
 */
export async function buildFunctions(options: BuildFunctionsOptions): Promise<BuiltFunction[]> {
  const { projectDirectory, functions = functionNames(projectDirectory) } = options;
  const { outputDirectory = join(projectDirectory, 'dist/functions') } = options;
  // All are built before one is written: a source that does not build changes nothing.
  const results = await Promise.all(
    functions.map(async (name) => {
      const directory = join(outputDirectory, name);
      const result = await run(name, buildOptions(projectDirectory, name, directory), options.kept);
      return { name, directory, files: result.outputFiles, metafile: result.metafile };
    }),
  );
  await Promise.all(results.map(({ directory, files }) => writeBundle(directory, files)));
  // Last, so that a bundle that was not written to its end is never taken for a fresh one.
  await writeManifest(
    outputDirectory,
    results.map(({ name, files, metafile }) => ({
      name,
      files,
      inputs: listInputs(metafile, projectDirectory),
    })),
  );
  return results.map(({ name, metafile }) => ({ name, ...measureBundle(metafile) }));
}

interface FunctionBuildOptions extends BuildOptions {
  write: false;
  metafile: true;
}

async function run(name: string, options: FunctionBuildOptions, kept: KeptBuilds | undefined) {
  if (kept === undefined) return build(options);
  const building = kept.get(name) ?? (await context(options));
  kept.set(name, building);
  return building.rebuild();
}

function buildOptions(
  projectDirectory: string,
  name: string,
  outdir: string,
): FunctionBuildOptions {
  return {
    absWorkingDir: projectDirectory,
    entryPoints: { index: join('functions', `${name}.ts`) },
    outdir,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunk-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // ES modules shake; with the default order the bundle is four times as large.
    mainFields: ['module', 'main'],
    minify: true,
    // error.type is the name of a class.
    keepNames: true,
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    // For require() of what is not in the bundle. Not imported: see builtinModulesPlugin.
    banner: {
      js: "const require=process.getBuiltinModule('module').createRequire(import.meta.url);",
    },
    plugins: [
      separateCopyPlugin(),
      // After it, or what import()s that package would have another copy.
      oneStaticChunkPlugin(),
      builtinModulesPlugin(),
      lambdaCredentialsPlugin(),
      optionalPackagesPlugin(),
      traceSdkPlugin(),
    ],
    write: false,
    metafile: true,
    logLevel: 'silent',
  };
}

function listInputs({ inputs }: Metafile, projectDirectory: string): string[] {
  // What a plugin made up has its namespace before a colon, and no file.
  const files = Object.keys(inputs)
    .filter((path) => !/^[\w-]+:/.test(path))
    .map((path) => resolve(projectDirectory, path.replace(SEPARATE_SUFFIX, '')));
  return [...new Set(files)];
}
