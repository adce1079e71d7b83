import type { SQSClient } from '@aws-sdk/client-sqs';
import type { EnqueueAnswer } from '../cli/console/console-api.ts';
import type { ConsoleSource, ReadingPace } from '../cli/console/console-source.ts';
import { enqueueInTrace } from '../cli/console/enqueue-in-trace.ts';
import { ConsoleRefusal } from '../cli/console/http/console-refusal.ts';
import type { TelemetryFeed } from '../cli/console/telemetry-feed.ts';
import { createAwsClients } from '../lib/queues/aws-clients.ts';
import type { QueueOptions } from '../lib/queues/queue-source.ts';
import type { Task } from '../lib/task/define-task.ts';
import { type LoadedContracts, loadContracts } from './contracts/load-contracts.ts';
import type { SqsServer } from './sqs/sqs-server.ts';
import type { FunctionDescription, StackDescription } from './stack-description.ts';

export interface LocalSourceParts {
  /** The project's folder, for its contracts. */
  projectDirectory: string;
  description: StackDescription;
  /** With their environments. */
  functions: readonly FunctionDescription[];
  sqs: SqsServer;
  sqsClient: SQSClient;
  region: string;
  feed: TelemetryFeed;
  /** Of the HTTP API. */
  apiUrl: string;
}

const PACE: ReadingPace = {
  activeMs: 1_000,
  idleMs: 10_000,
  figuresMs: 2_000,
  workersMs: 1_000,
  cloudWatch: { periodMs: 1_000, lagMs: 0 },
};

export interface LocalSource extends ConsoleSource {
  /** The contracts may have changed: they are loaded anew when they are asked for. */
  forgetContracts(): void;
}

/** The running stack, as the console shows it. */
export function createLocalSource(parts: LocalSourceParts): LocalSource {
  const { projectDirectory, description, sqs, sqsClient, feed, apiUrl } = parts;
  const clients = createAwsClients({
    endpoint: sqs.endpoint,
    region: parts.region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const queues = listQueues(parts);
  const isFifo = (queue: string) => queues[queue]?.url.endsWith('.fifo') ?? false;
  const hasRoute = description.routes.some(
    ({ method, path }) => method === 'POST' && path === '/tasks/{task}',
  );
  let loading: Promise<LoadedContracts> | undefined;
  let latest: LoadedContracts | undefined;
  return {
    kind: 'local',
    title: 'local',
    clients,
    sqs: sqsClient,
    queues: { queues },
    isFifo,
    pace: PACE,
    feed,
    async tasks() {
      // Not at the start of the stack, which does not wait for it.
      // One whose thread failed is of no use.
      if (loading === undefined || latest?.ended) loading = loadContracts(projectDirectory);
      latest = undefined;
      const own = loading;
      try {
        const loaded = await own;
        if (loading === own) latest = loaded;
        return loaded.tasks;
      } catch (error) {
        // It may be mended by the next time.
        if (loading === own) loading = undefined;
        throw error;
      }
    },
    forgetContracts() {
      loading?.then(
        ({ stop }) => stop(),
        () => {},
      );
      loading = undefined;
    },
    projectDirectory,
    enqueue(task, payload, groupId) {
      // As anybody would, so that the request is in the trace. It cannot say a group.
      if (task.http && hasRoute && !isFifo(task.queue) && groupId === undefined) {
        return enqueueOverHttp(apiUrl, task, payload);
      }
      return enqueueInTrace(task, payload, { queues, client: sqsClient, groupId });
    },
  };
}

/** As the functions name them; what none of them names has its SQS name. */
function listQueues(parts: LocalSourceParts): Record<string, QueueOptions> {
  const { description, functions, sqs } = parts;
  const deadLetterQueues = new Set(
    description.queues.flatMap(({ redrive }) => redrive?.deadLetterQueueName ?? []),
  );
  const names = new Map<string, string>();
  for (const { environment } of functions) {
    for (const [name, { url }] of Object.entries(parseQueues(environment['QUEUES']))) {
      names.set(url, name);
    }
  }
  return Object.fromEntries(
    description.queues
      .filter(({ queueName }) => !deadLetterQueues.has(queueName))
      .map(({ queueName, redrive }): [string, QueueOptions] => {
        const url = sqs.queueUrl(queueName);
        const mapping = description.eventSourceMappings.find(
          (each) => each.queueName === queueName,
        );
        return [
          names.get(url) ?? queueName,
          {
            url,
            ...(redrive && { dlqUrl: sqs.queueUrl(redrive.deadLetterQueueName) }),
            ...(mapping && { worker: mapping.functionName, mapping: mapping.uuid }),
          },
        ];
      }),
  );
}

/** A function whose QUEUES are none says so itself. */
function parseQueues(text: string | undefined): Record<string, Pick<QueueOptions, 'url'>> {
  try {
    return JSON.parse(text ?? '{}');
  } catch {
    return {};
  }
}

const BOUND_MS = 30_000;

async function enqueueOverHttp(
  apiUrl: string,
  task: Task,
  payload: unknown,
): Promise<EnqueueAnswer> {
  const response = await fetch(`${apiUrl}/tasks/${task.name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(payload),
    signal: AbortSignal.timeout(BOUND_MS),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  if (response.status !== 202) {
    const detail = String(answer['detail'] ?? answer['message'] ?? response.statusText);
    throw new ConsoleRefusal(502, 'enqueue_failed', `POST /tasks/${task.name}: ${detail}`);
  }
  const { id, queue, trace_id: traceId } = answer;
  return {
    id: String(id),
    task: task.name,
    queue: String(queue),
    ...(typeof traceId === 'string' && { traceId }),
  };
}
