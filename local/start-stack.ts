import { SQSClient } from '@aws-sdk/client-sqs';
import {
  type EventSourceMapping,
  startEventSourceMapping,
} from './event-source-mapping/event-source-mapping.ts';
import { startFrontServer } from './front-server.ts';
import { createHttpApi } from './http-api/http-api.ts';
import {
  createLambdaService,
  type InvocationReport,
  type LambdaService,
} from './lambda/lambda-service.ts';
import { createOtlpReceiver } from './otlp/otlp-receiver.ts';
import { createOtlpRelay } from './otlp/otlp-relay.ts';
import { createTelemetryStore, type TelemetryStore } from './otlp/telemetry-store.ts';
import { createPatientInvoke } from './patient-invoke.ts';
import { type SqsServer, startSqsServer } from './sqs/sqs-server.ts';
import type { FunctionDescription, StackDescription } from './stack-description.ts';
import { startSchedules } from './start-schedules.ts';

export interface StackOptions {
  /** Holds `<bundle>/index.mjs` for each function. */
  bundleDirectory: string;
  /** Of the API and the OTLP receiver. @default 0, a free one */
  port?: number;
  /** Keeps the queues across restarts. @default in memory only */
  queueDataDirectory?: string;
  /** Where telemetry is passed on to, unchanged. @default nowhere */
  relay?: { endpoint: string; token: string };
  /** What every function is told beside its own environment. @default nothing */
  environment?: Record<string, string>;
  /** @default 60_000 */
  idleTimeoutMs?: number;
  /** Gets every line that a function writes. */
  onOutput?: (line: string, functionName: string) => void;
  onReport?: (report: InvocationReport) => void;
  /** Trouble of the stack itself. */
  onWarning?: (message: string) => void;
}

/** The running one-machine stack. */
export interface Stack {
  /** Of the API; `/otlp` below it is the OTLP receiver. */
  readonly url: string;
  readonly sqs: SqsServer;
  readonly sqsClient: SQSClient;
  readonly lambda: LambdaService;
  /** What arrived over OTLP. */
  readonly telemetry: TelemetryStore;
  /** By queue name. */
  readonly eventSourceMappings: ReadonlyMap<string, EventSourceMapping>;
  /** Everything gone within 2 s. */
  stop(): Promise<void>;
}

const REGION = 'us-east-1';

/** Starts everything that the description names, on loopback only. */
export async function startStack(
  description: StackDescription,
  options: StackOptions,
): Promise<Stack> {
  const { relay: relayTarget, onWarning = () => {} } = options;
  const telemetry = createTelemetryStore();
  const relay = relayTarget && createOtlpRelay({ ...relayTarget, onWarning });
  const otlp = createOtlpReceiver({
    store: telemetry,
    relay,
    onRejected: ({ path, statusCode, message }) =>
      onWarning(`${path} answered ${statusCode}: ${message}`),
  });
  // The port comes before the functions, which are told of it, and the API after them.
  let api: ReturnType<typeof createHttpApi> | undefined;
  const front = await startFrontServer(options.port ?? 0, {
    otlp,
    api: (request, response) => {
      if (api === undefined) response.writeHead(503, { 'retry-after': '1' }).end();
      else api(request, response);
    },
  });
  try {
    const sqs = await startSqs(description, options.queueDataDirectory);
    const functions = description.functions.map(
      (each): FunctionDescription => ({ ...each, environment: each.environment(sqs) }),
    );
    const lambda = createLambdaService({
      functions,
      bundleDirectory: options.bundleDirectory,
      region: REGION,
      environment: {
        ...options.environment,
        AWS_ENDPOINT_URL: sqs.endpoint,
        ONEUPTIME_ENDPOINT: `${front.url}/otlp`,
        ONEUPTIME_TOKEN: relayTarget?.token ?? 'local',
      },
      ...(options.idleTimeoutMs !== undefined && { idleTimeoutMs: options.idleTimeoutMs }),
      ...(options.onReport && { onReport: options.onReport }),
      onOutput: (line, { functionName }) => options.onOutput?.(line, functionName),
    });
    api = createHttpApi({ routes: description.routes, invoke: createPatientInvoke(lambda.invoke) });
    const sqsClient = createSqsClient(sqs.endpoint);
    const eventSourceMappings = startMappings(description, { sqs, sqsClient, lambda, onWarning });
    const schedules = startSchedules(description.schedules, lambda.invoke, onWarning);
    const stop = once(async () => {
      schedules.stop();
      await Promise.all([...eventSourceMappings.values()].map((each) => each.stop()));
      // Instances flush their last telemetry at SIGTERM: the receiver outlives them.
      await lambda.stop();
      sqsClient.destroy();
      await Promise.all([sqs.stop(), relay?.stop(), front.stop()]);
    });
    return { url: front.url, sqs, sqsClient, lambda, telemetry, eventSourceMappings, stop };
  } catch (error) {
    await Promise.all([front.stop(), relay?.stop()]);
    throw error;
  }
}

async function startSqs({ queues }: StackDescription, dataDirectory?: string): Promise<SqsServer> {
  try {
    return await startSqsServer({
      queues,
      region: REGION,
      ...(dataDirectory && { dataDirectory }),
    });
  } catch (error) {
    if (dataDirectory === undefined) throw error;
    const { message } = error as Error;
    throw new Error(`The queues cannot be kept in QUEUE_DATA_DIR, ${dataDirectory}: ${message}`, {
      cause: error,
    });
  }
}

/** Short, so that a stop with running tasks stays under 2 s in all. */
const DRAIN_MS = 200;

interface MappingParts {
  sqs: SqsServer;
  sqsClient: SQSClient;
  lambda: LambdaService;
  onWarning: (message: string) => void;
}

function startMappings(
  { eventSourceMappings, functions }: StackDescription,
  { sqs, sqsClient, lambda, onWarning }: MappingParts,
): Map<string, EventSourceMapping> {
  const concurrency = new Map(
    functions.map(({ functionName, reservedConcurrency }) => [functionName, reservedConcurrency]),
  );
  return new Map(
    eventSourceMappings.map((mapping) => {
      const functionConcurrency = concurrency.get(mapping.functionName);
      const started = startEventSourceMapping({
        mapping,
        queueUrl: sqs.queueUrl(mapping.queueName),
        queueArn: sqs.queueArn(mapping.queueName),
        region: REGION,
        client: sqsClient,
        invoke: lambda.invoke,
        drainMilliseconds: DRAIN_MS,
        onWarning,
        ...(functionConcurrency !== undefined && { functionConcurrency }),
      });
      return [mapping.queueName, started];
    }),
  );
}

function createSqsClient(endpoint: string): SQSClient {
  return new SQSClient({
    endpoint,
    region: REGION,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
}

function once(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= run();
    return running;
  };
}
