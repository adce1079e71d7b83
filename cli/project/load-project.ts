import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError } from '../usage-error.ts';
import type { MonitoredStage } from './monitored-stage.ts';
import { readStage } from './read-stage.ts';

/**
 * One stage of the project in `directory`, as its stack has it: `describeStage(stage)` of
 * `infra/config.ts`, and `tasks` of `functions/tasks/index.ts`.
 *
 * @throws UsageError where one of them is missing or does not take the stage, and Error for a value
 * that cannot be used.
 */
export async function loadProject(directory: string, stage: string): Promise<MonitoredStage> {
  const config = await load(directory, 'infra/config', 'describeStage');
  const contracts = await load(directory, 'functions/tasks/index', 'tasks');
  if (typeof config !== 'function') {
    throw new UsageError('describeStage of infra/config.ts is not a function of the stage.');
  }
  return readStage(await describe(config as (stage: string) => unknown, stage), contracts, stage);
}

async function describe(
  describeStage: (stage: string) => unknown,
  stage: string,
): Promise<unknown> {
  try {
    return await describeStage(stage);
  } catch (error) {
    const { message } = error as Error;
    throw new UsageError(`describeStage of infra/config.ts: ${message}`, { cause: error });
  }
}

async function load(directory: string, path: string, name: string): Promise<unknown> {
  const file = ['.ts', '.js', '.mjs'].map((end) => join(directory, path + end)).find(existsSync);
  if (file === undefined) {
    throw new UsageError(
      `There is no ${path}.ts in ${directory}, which has to export ${name}. Run leadline in the project's folder.`,
    );
  }
  const module = await import(pathToFileURL(file).href).catch(
    (error: Error & { code?: string }) => {
      if (error.code !== 'ERR_UNKNOWN_FILE_EXTENSION') {
        throw new Error(`${file} cannot be loaded: ${error.message}`, { cause: error });
      }
      throw new UsageError(
        `Node ${process.versions.node} does not read TypeScript. Run leadline on Node 22.18 or newer.`,
      );
    },
  );
  if (module[name] === undefined) throw new UsageError(`${file} does not export ${name}.`);
  return module[name];
}
