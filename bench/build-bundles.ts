import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { type BuiltFunction, buildFunctions } from '../cli/build/build-functions.ts';

export interface Bundles {
  directory: string;
  built: readonly BuiltFunction[];
  remove(): Promise<void>;
}

const PEERS = [
  'bare',
  'official',
  'powertools',
  'powertools-once',
  'process-order-once',
  'enqueue-bare',
];

/**
 * Our functions and the peers, each by the project's own build, so that every bundle has the same
 * settings. The peers' sources are JavaScript, since their packages are installed by the benchmark
 * only and the type checker does not know them.
 */
export async function buildBundles(): Promise<Bundles> {
  const projectDirectory = join(import.meta.dirname, '..');
  const directory = await mkdtemp(join(tmpdir(), 'leadline-bench-'));
  const peersProject = join(directory, 'peers');
  await mkdir(join(peersProject, 'functions'), { recursive: true });
  for (const peer of PEERS) {
    const source = JSON.stringify(join(import.meta.dirname, 'peers', `${peer}.js`));
    await writeFile(join(peersProject, 'functions', `${peer}.ts`), `export * from ${source};\n`);
  }
  const outputDirectory = join(directory, 'functions');
  const built = [
    ...(await buildFunctions({
      projectDirectory,
      outputDirectory,
      functions: ['process-tasks', 'enqueue-task', 'sample-queue-depth'],
    })),
    ...(await buildFunctions({
      projectDirectory: peersProject,
      outputDirectory,
      functions: PEERS,
    })),
  ];
  await buildUnbundled(outputDirectory);
  return {
    directory: outputDirectory,
    built,
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** The official peer with OpenTelemetry's packages left in node_modules, as most of its users run it. */
async function buildUnbundled(outputDirectory: string): Promise<void> {
  const directory = join(outputDirectory, 'official-unbundled');
  await build({
    entryPoints: [join(import.meta.dirname, 'peers/official.js')],
    outfile: join(directory, 'index.mjs'),
    bundle: true,
    external: ['@opentelemetry/*'],
    format: 'esm',
    platform: 'node',
    target: 'node24',
    minify: true,
    logLevel: 'silent',
  });
  await symlink(join(import.meta.dirname, 'node_modules'), join(directory, 'node_modules'));
}
