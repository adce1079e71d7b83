import { SQSClient } from '@aws-sdk/client-sqs';
import type { QueueUrls } from '../../lib/producer/enqueue-options.ts';
import { createAwsClients } from '../../lib/queues/aws-clients.ts';
import { createReadLimits } from '../../lib/queues/call-limit.ts';
import { createListQueues } from '../../lib/queues/list-queues.ts';
import type { CommandContext } from '../command-context.ts';
import { readAddress } from '../oneuptime/oneuptime-address.ts';
import { createLinkTrace } from '../output/trace-link.ts';
import { loadProject, loadTasks } from '../project/load-project.ts';
import { UsageError } from '../usage-error.ts';
import type { ConsoleSource, ReadingPace } from './console-source.ts';
import { enqueueInTrace } from './enqueue-in-trace.ts';

/**
 * What a page that is open asks of AWS: of a stage with 3 queues and their dead-letter queues 4,320
 * GetQueueAttributes in an hour (0.2 cents), and while all three have messages 360 figures of
 * CloudWatch (0.4 cents). A page that is closed asks nothing.
 */
const PACE: ReadingPace = {
  activeMs: 5_000,
  figuresMs: 60_000,
  workersMs: 15_000,
  cloudWatch: { periodMs: 60_000, lagMs: 120_000 },
};

/**
 * A stage in AWS, by the credentials of the environment.
 *
 * @throws UsageError where the project or the region is missing.
 */
export async function createAwsSource(
  context: CommandContext,
  stageName: string,
): Promise<ConsoleSource> {
  const { directory, environment } = context;
  const stage = await loadProject(directory, stageName);
  const tasks = await loadTasks(directory);
  const clients = createAwsClients();
  const sqs = new SQSClient({});
  const region = await sqs.config.region().catch(() => undefined);
  if (!region) throw new UsageError('Set AWS_REGION, or a profile with a region.');
  const source = { prefix: `${stage.stage}-` };
  const listQueues = createListQueues({
    source,
    clients,
    limit: createReadLimits().sqs,
    onProblem: () => {},
  });
  const queueUrls = async (): Promise<QueueUrls> => {
    const { queues } = await listQueues();
    return Object.fromEntries(queues.map(({ name, url }) => [name, { url }]));
  };
  const { origin } = readAddress(environment['ONEUPTIME_ENDPOINT'] || stage.endpoint);
  const linkTrace = await createLinkTrace(context, stageName, undefined);
  const traceUrl = linkTrace('{traceId}');
  return {
    kind: 'aws',
    title: `${stage.stage} in ${region}`,
    clients,
    sqs,
    queues: source,
    queueNames: Object.keys(stage.queues),
    isFifo: (queue) => stage.queues[queue]?.fifo ?? false,
    pace: PACE,
    telemetryUrl: `${origin}/dashboard`,
    ...(traceUrl !== undefined && { traceUrl }),
    tasks: async () => tasks,
    projectDirectory: directory,
    enqueue: async (task, payload, groupId) =>
      enqueueInTrace(task, payload, { queues: await queueUrls(), client: sqs, groupId }),
  };
}
