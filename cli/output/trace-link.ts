import type { CommandContext } from '../command-context.ts';
import { readAddress } from '../oneuptime/oneuptime-address.ts';
import { loadProject } from '../project/load-project.ts';
import { UsageError } from '../usage-error.ts';

/** The page of a trace in OneUptime; undefined where nobody said in which project. */
export type LinkTrace = (traceId: string) => string | undefined;

/**
 * @param project id of the OneUptime project. @default ONEUPTIME_PROJECT_ID; without it there are no links
 * @throws UsageError for what is no such id, where it was given.
 */
export async function createLinkTrace(
  { environment, directory }: CommandContext,
  stage: string,
  project: string | undefined,
): Promise<LinkTrace> {
  const id = project || environment['ONEUPTIME_PROJECT_ID'];
  if (!id) return () => undefined;
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) {
    throw new UsageError(
      'The id of the OneUptime project is none: it is the UUID behind /dashboard/ in the address of its pages.',
    );
  }
  const endpoint = environment['ONEUPTIME_ENDPOINT'] || (await endpointOf(directory, stage));
  if (endpoint === undefined) return () => undefined;
  const { origin } = readAddress(endpoint);
  return (traceId) => `${origin}/dashboard/${id}/traces/view/${traceId}`;
}

/** Whoever looks at dead letters need not be in the project's folder. */
async function endpointOf(directory: string, stage: string): Promise<string | undefined> {
  return loadProject(directory, stage).then(
    ({ endpoint }) => endpoint,
    () => undefined,
  );
}
