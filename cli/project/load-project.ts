import { UsageError } from '../usage-error.ts';
import { loadExport } from './load-export.ts';
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
  const config = await loadExport(directory, 'infra/config', 'describeStage');
  const contracts = await loadExport(directory, 'functions/tasks/index', 'tasks');
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
