import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildConsole } from '../../cli/console/build-console.ts';
import { repository } from '../support/repository.ts';

export interface BuiltConsole {
  directory: string;
  remove(): Promise<void>;
}

/** The page as it is now, in a folder of its own: another test, or npm start, may be building, too. */
export async function buildConsoleAside(): Promise<BuiltConsole> {
  const directory = await mkdtemp(join(tmpdir(), 'leadline-console-'));
  await buildConsole({ projectDirectory: repository, outputDirectory: directory });
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}
