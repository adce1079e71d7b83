import { SQSClient } from '@aws-sdk/client-sqs';
import type { AwsClients } from '../../lib/queues/aws-clients.ts';
import { createReadLimits, type ReadLimits } from '../../lib/queues/call-limit.ts';
import { createGetQueueAttributes } from '../../lib/queues/get-queue-attributes.ts';
import type { CommandContext } from '../command-context.ts';
import { explainAwsError } from './explain-aws-error.ts';
import { findLocalStack, LOCAL_URL, type LocalStack } from './find-local-stack.ts';
import { nameActions, nameGetQueueAttributes } from './name-actions.ts';

export interface SystemOptions {
  stage: string;
  /** URL of a running `npm start`; `true` for the one at its usual place. */
  local?: string | true;
}

/** The stage that a command looks at: on AWS, or in a running `npm start`. */
export interface System {
  stage: string;
  /** Begins the SQS names of its queues. */
  prefix: string;
  sqs: SQSClient;
  clients: AwsClients;
  limits: ReadLimits;
  /** What other clients of the SDK are made with. */
  clientConfig: ClientConfig;
  /** Closes a client at the end, and names the action in what it throws. */
  open: OpenClient;
  /** The `npm start` that it is, if it is one. */
  local?: LocalStack;
}

/** @param service as a policy names it */
export type OpenClient = <C extends { destroy(): void }>(client: C, service: string) => C;

export interface ClientConfig {
  endpoint?: string;
  region?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string };
}

/** Runs with the stage's clients, closes them, and explains what AWS refuses. */
export async function withSystem<T>(
  { environment }: CommandContext,
  options: SystemOptions,
  run: (system: System) => Promise<T>,
): Promise<T> {
  const local =
    options.local === undefined
      ? undefined
      : await findLocalStack(options.local === true ? LOCAL_URL : options.local);
  const endpoint =
    local?.awsEndpoint ?? (environment['AWS_ENDPOINT_URL_SQS'] || environment['AWS_ENDPOINT_URL']);
  const clientConfig: ClientConfig = local === undefined ? {} : localConfig(local);
  const opened: { destroy(): void }[] = [];
  const open: OpenClient = (client, service) => {
    opened.push(client);
    return nameActions(client, service);
  };
  try {
    const sqs = open(new SQSClient(clientConfig), 'sqs');
    const stage = local === undefined ? options.stage : (local.stage ?? '');
    return await run({
      stage,
      prefix: stage === '' ? '' : `${stage}-`,
      sqs,
      clients: createClients(sqs, clientConfig, open),
      limits: createReadLimits(),
      clientConfig,
      open,
      ...(local && { local }),
    });
  } catch (error) {
    throw explainAwsError(error, endpoint || undefined);
  } finally {
    for (const client of opened) client.destroy();
  }
}

/** Nothing there looks at who asks. */
function localConfig({ awsEndpoint, region }: LocalStack): ClientConfig {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return { endpoint: awsEndpoint, region, credentials };
}

function createClients(sqs: SQSClient, config: ClientConfig, open: OpenClient): AwsClients {
  let lambda: ReturnType<AwsClients['lambda']> | undefined;
  let cloudWatch: ReturnType<AwsClients['cloudWatch']> | undefined;
  return {
    sqs,
    getQueueAttributes: nameGetQueueAttributes(createGetQueueAttributes(sqs.config)),
    lambda: () => {
      lambda ??= import('@aws-sdk/client-lambda').then(({ LambdaClient }) =>
        open(new LambdaClient(config), 'lambda'),
      );
      return lambda;
    },
    cloudWatch: () => {
      cloudWatch ??= import('@aws-sdk/client-cloudwatch').then(({ CloudWatchClient }) =>
        open(new CloudWatchClient(config), 'cloudwatch'),
      );
      return cloudWatch;
    },
  };
}
