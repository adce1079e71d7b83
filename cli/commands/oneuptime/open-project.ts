import type { CommandContext } from '../../command-context.ts';
import { createOneUptimeApi, type OneUptimeApi } from '../../oneuptime/api/oneuptime-api.ts';
import { PATIENCE, type Patience } from '../../oneuptime/api/patience.ts';
import { readAddress } from '../../oneuptime/oneuptime-address.ts';
import { readApiKey } from '../../oneuptime/read-api-key.ts';
import { labelOf } from '../../oneuptime/wanted-records.ts';
import { loadProject } from '../../project/load-project.ts';
import type { MonitoredStage } from '../../project/monitored-stage.ts';

/** A stage of the project here, and the OneUptime project that it has its records in. */
export interface OpenProject {
  stage: MonitoredStage;
  /** Ends the description of the stage's records. */
  label: string;
  origin: string;
  api: OneUptimeApi;
  patience: Patience;
}

/** `ONEUPTIME_ENDPOINT` wins over the configuration, as for the functions. */
export function endpointOf({ environment }: CommandContext, stage: MonitoredStage): string {
  return environment['ONEUPTIME_ENDPOINT'] || stage.endpoint;
}

/** @throws UsageError where the project, the address or the API key cannot be had. */
export async function openProject(
  context: CommandContext,
  stageName: string,
): Promise<OpenProject> {
  const stage = await loadProject(context.directory, stageName);
  const { origin } = readAddress(endpointOf(context, stage));
  const { patience = PATIENCE } = context;
  const apiKey = await readApiKey(context);
  const api = createOneUptimeApi({ origin, apiKey, patience });
  return { stage, label: labelOf(stage), origin, api, patience };
}
