import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildFunctions } from '../../cli/build/build-functions.ts';

const FUNCTION_NAMES = ['enqueue-task', 'process-tasks', 'sample-queue-depth', 'health'];

/** A project whose functions are of one line each, built by the build of the real ones. */
export interface FixtureProject {
  directory: string;
  /** What `bundles` of the constructs names. */
  bundles: string;
  /** Writes a source below the project's folder. */
  write(path: string, text: string): Promise<void>;
  build(): Promise<void>;
}

export async function createFixtureProject(
  functions: readonly string[] = FUNCTION_NAMES,
): Promise<FixtureProject> {
  const directory = await mkdtemp(join(tmpdir(), 'leadline-infra-'));
  const write = async (path: string, text: string) => {
    await mkdir(join(directory, path, '..'), { recursive: true });
    await writeFile(join(directory, path), text);
  };
  const build = async () => {
    await buildFunctions({ projectDirectory: directory, functions });
  };
  await write('functions/answer.ts', 'export const answer = 42;');
  for (const name of functions) {
    await write(
      `functions/${name}.ts`,
      `import { answer } from './answer.ts'; export const handler = () => [answer, '${name}'];`,
    );
  }
  await build();
  return { directory, bundles: join(directory, 'dist/functions'), write, build };
}

export function removeFixtureProject({ directory }: FixtureProject): Promise<void> {
  return rm(directory, { recursive: true, force: true });
}
