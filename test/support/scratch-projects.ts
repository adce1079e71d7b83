import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { build, type Plugin } from 'esbuild';
import { afterAll, beforeAll } from 'vitest';
import { buildFunctions, type KeptBuilds } from '../../cli/build/build-functions.ts';
import { put } from './installation.ts';

type Files = Record<string, string>;

export interface ScratchProjects {
  /** Writes a project, whose function is functions/main.ts; answers its folder. */
  write(files: Files, name?: string): Promise<string>;
  /** Builds it, starts it, and answers what it prints as JSON. */
  run(files: Files, name?: string): Promise<unknown>;
}

export function useScratchProjects(): ScratchProjects {
  let directory: string;
  let count = 0;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'leadline-scratch-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  const write = async (files: Files, name = `project-${++count}`) => {
    const project = join(directory, name);
    for (const [path, text] of Object.entries(files)) await put(project, path, text);
    return project;
  };
  const run = async (files: Files, name?: string) =>
    start(await buildMain(await write(files, name)));
  return { write, run };
}

/** The folder of the bundle of functions/main.ts. */
export async function buildMain(projectDirectory: string, kept?: KeptBuilds): Promise<string> {
  await buildFunctions({ projectDirectory, functions: ['main'], ...(kept && { kept }) });
  return join(projectDirectory, 'dist/functions/main');
}

/** In a process of its own, which fails with exit code 13 where a top-level `await` never settles. */
export async function start(bundle: string): Promise<unknown> {
  const index = join(bundle, 'index.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [index]);
  return JSON.parse(stdout);
}

/** The files that a script loads by its static imports, itself among them. */
export async function loadedWith(script: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [script],
    absWorkingDir: join(script, '..'),
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'silent',
    plugins: [withoutLater],
  });
  return Object.keys(metafile.inputs).map((path) => basename(path));
}

const withoutLater: Plugin = {
  name: 'without-later',
  setup({ onResolve }) {
    onResolve({ filter: /.*/ }, ({ path, kind }) =>
      kind === 'dynamic-import' || kind === 'require-call' ? { path, external: true } : undefined,
    );
  },
};
