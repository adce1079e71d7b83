import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { repository } from './repository.ts';

export interface ProjectCopy {
  readonly directory: string;
  write(file: string, contents: string): Promise<void>;
  remove(): Promise<void>;
}

/**
 * The sources as somebody has them who cloned the project and added or changed these files.
 *
 * Its node_modules is a link to the repository's, so nothing may be installed in it: npm would
 * empty the folder behind the link. It has no scripts and no lock, so no npm script runs in it.
 */
export async function copyProject(files: Record<string, string> = {}): Promise<ProjectCopy> {
  const directory = await mkdtemp(join(tmpdir(), 'leadline-project-'));
  const copied = ['cli', 'functions', 'infra', 'lib', 'local', 'package.json', 'tsconfig.json'];
  await Promise.all(
    copied.map((path) => cp(join(repository, path), join(directory, path), { recursive: true })),
  );
  await symlink(join(repository, 'node_modules'), join(directory, 'node_modules'));
  const write = async (file: string, contents: string) => {
    await mkdir(dirname(join(directory, file)), { recursive: true });
    await writeFile(join(directory, file), contents);
  };
  for (const [file, contents] of Object.entries(files)) await write(file, contents);
  return {
    directory,
    write,
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
