import { join } from 'node:path';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type Console, createConsole } from '../cli/console/create-console.ts';
import { createAwsServices } from './aws-services.ts';
import { createCloudWatchApi } from './cloudwatch/cloudwatch-api.ts';
import { createMetricStore, type MetricStore } from './cloudwatch/metric-store.ts';
import { createLocalSource } from './console-source.ts';
import { startDynamoDb } from './dynamodb/start-dynamodb.ts';
import type { EventSourceMapping } from './event-source-mapping/event-source-mapping.ts';
import { type RequestListener, startFrontServer } from './front-server.ts';
import { createHttpApi } from './http-api/http-api.ts';
import {
  createLambdaService,
  type InvocationReport,
  type LambdaService,
} from './lambda/lambda-service.ts';
import { createLambdaApi } from './lambda-api/lambda-api.ts';
import { createLineFeed } from './line-feed.ts';
import { createOtlpReceiver } from './otlp/otlp-receiver.ts';
import { createOtlpRelay } from './otlp/otlp-relay.ts';
import { createTelemetryStore, type TelemetryStore } from './otlp/telemetry-store.ts';
import { createPatientInvoke } from './patient-invoke.ts';
import { createRunTarget } from './schedules/run-target.ts';
import { createSchedulerApi } from './schedules/scheduler-api.ts';
import { startSchedules } from './schedules/start-schedules.ts';
import { type SqsServer, type SqsServerOptions, startSqsServer } from './sqs/sqs-server.ts';
import type { FunctionDescription, StackDescription } from './stack-description.ts';
import { startMappings } from './start-mappings.ts';
import { createTellStack, type StackFacts } from './tell-stack.ts';
import { PLACE } from './template/resolve-value.ts';

export interface StackOptions {
  /** Holds `<bundle>/index.mjs` for each function. */
  bundleDirectory: string;
  /** The project's folder: the console enqueues its tasks. @default the one that this is in */
  projectDirectory?: string;
  /** Of the console, the API and the OTLP receiver. @default 0, a free one */
  port?: number;
  /** Keeps the queues across restarts. @default in memory only */
  queueDataDirectory?: string;
  /** Where telemetry is passed on to, unchanged. @default nowhere */
  relay?: { endpoint: string; token: string };
  /** What every function is told beside its own environment. @default nothing */
  environment?: Record<string, string>;
  /** @default 60_000 */
  idleTimeoutMs?: number;
  /** The clock of the schedules, in milliseconds since 1970. @default Date.now */
  now?: () => number;
  /** Gets every line that a function writes. */
  onOutput?: (line: string, functionName: string) => void;
  onReport?: (report: InvocationReport) => void;
  /** Trouble of the stack itself. */
  onWarning?: (message: string) => void;
}

/** The running one-machine stack. */
export interface Stack {
  /** Of the API; `/` is the console, `/otlp` the OTLP receiver. */
  readonly url: string;
  readonly sqs: SqsServer;
  readonly sqsClient: SQSClient;
  readonly lambda: LambdaService;
  /** What GetMetricData answers from: AWS/SQS and AWS/Lambda, fed by the two above. */
  readonly cloudWatch: MetricStore;
  /** What arrived over OTLP. */
  readonly telemetry: TelemetryStore;
  /** By queue name; `disable()` stops the queue's workers, `enable()` starts them. */
  readonly eventSourceMappings: ReadonlyMap<string, EventSourceMapping>;
  /** After the bundles were built anew: new instances, and the console has the contracts of now. */
  replaceSources(): Promise<void>;
  /** Everything gone within 2 s. */
  stop(): Promise<void>;
}

const { region: REGION, accountId: ACCOUNT_ID } = PLACE;
const ACCOUNT = { region: REGION, accountId: ACCOUNT_ID };

/** Starts everything that the description names, on loopback only. */
export async function startStack(
  description: StackDescription,
  options: StackOptions,
): Promise<Stack> {
  const { relay: relayTarget, now = Date.now, onWarning = () => {} } = options;
  const telemetry = createTelemetryStore();
  const feed = createLineFeed(telemetry);
  const relay = relayTarget && createOtlpRelay({ ...relayTarget, onWarning });
  const otlp = createOtlpReceiver({
    store: telemetry,
    relay,
    onRejected: ({ path, statusCode, message }) =>
      onWarning(`${path} answered ${statusCode}: ${message}`),
  });
  // The port comes before the functions, which are told of it, and the API after them.
  let api: ReturnType<typeof createHttpApi> | undefined;
  let console: Console | undefined;
  let facts: StackFacts | undefined;
  const front = await startFrontServer(options.port ?? 0, {
    otlp,
    tell: createTellStack(() => facts),
    console: {
      handles: (url) => console?.handles(url) ?? false,
      listen: (request, response) => console?.listen(request, response),
    },
    api: (request, response) => {
      if (api === undefined) response.writeHead(503, { 'retry-after': '1' }).end();
      else api(request, response);
    },
  });
  try {
    const cloudWatch = createMetricStore();
    const { tables = [] } = description;
    const dynamoDb = tables.length > 0 ? await startDynamoDb(tables) : undefined;
    // As above: the functions are told of the endpoint, and Lambda's API tells of the functions.
    let awsServices: RequestListener | undefined;
    const sqs = await startSqs(description, options.queueDataDirectory, {
      metrics: cloudWatch,
      otherServices: (request, response) => {
        if (awsServices === undefined) response.writeHead(503).end();
        else awsServices(request, response);
      },
    });
    const functions = description.functions.map(
      (each): FunctionDescription => ({ ...each, environment: each.environment(sqs) }),
    );
    const lambda = createLambdaService({
      functions,
      bundleDirectory: options.bundleDirectory,
      region: REGION,
      accountId: ACCOUNT_ID,
      metrics: cloudWatch,
      environment: {
        ...options.environment,
        AWS_ENDPOINT_URL: sqs.endpoint,
        ONEUPTIME_ENDPOINT: `${front.url}/otlp`,
        ONEUPTIME_TOKEN: relayTarget?.token ?? 'local',
      },
      ...(options.idleTimeoutMs !== undefined && { idleTimeoutMs: options.idleTimeoutMs }),
      onReport: (report) => {
        feed.tellEnd(report);
        options.onReport?.(report);
      },
      onOutput: (line, { functionName }) => {
        feed.tell(line);
        options.onOutput?.(line, functionName);
      },
    });
    api = createHttpApi({ routes: description.routes, invoke: createPatientInvoke(lambda.invoke) });
    const sqsClient = createSqsClient(sqs.endpoint);
    const eventSourceMappings = startMappings(description, {
      sqs,
      sqsClient,
      lambda,
      region: REGION,
      onWarning,
    });
    const schedules = startSchedules(description.schedules, {
      runTarget: createRunTarget({ invoke: lambda.invoke, sqsClient, queueUrl: sqs.queueUrl }),
      addresses: sqs,
      account: ACCOUNT,
      onWarning,
      now,
    });
    awsServices = createAwsServices({
      cloudWatch: createCloudWatchApi(cloudWatch),
      dynamoDb,
      lambda: createLambdaApi({
        functions,
        mappings: description.eventSourceMappings.map((mapping) => ({
          description: mapping,
          queueArn: sqs.queueArn(mapping.queueName),
          running: eventSourceMappings.get(mapping.queueName) as EventSourceMapping,
        })),
        account: ACCOUNT,
      }),
      scheduler: createSchedulerApi({
        runner: schedules,
        groups: ['default', ...(description.scheduleGroups ?? [])],
        account: ACCOUNT,
        now,
      }),
    });
    const source = createLocalSource({
      projectDirectory: options.projectDirectory ?? join(import.meta.dirname, '..'),
      description,
      functions,
      sqs,
      sqsClient,
      region: REGION,
      feed,
      apiUrl: front.url,
    });
    console = createConsole({ source });
    facts = {
      ...(description.stage !== undefined && { stage: description.stage }),
      region: REGION,
      awsEndpoint: sqs.endpoint,
      ...(tables[0] && { table: tables[0].tableName }),
    };
    const stop = once(async () => {
      schedules.stop();
      console?.stop();
      source.forgetContracts();
      await Promise.all([...eventSourceMappings.values()].map((each) => each.stop()));
      // Instances flush their last telemetry at SIGTERM: the receiver outlives them.
      await lambda.stop();
      sqsClient.destroy();
      await Promise.all([sqs.stop(), relay?.stop(), front.stop()]);
    });
    return {
      url: front.url,
      sqs,
      sqsClient,
      lambda,
      cloudWatch,
      telemetry,
      eventSourceMappings,
      async replaceSources() {
        source.forgetContracts();
        await lambda.replaceInstances();
      },
      stop,
    };
  } catch (error) {
    await Promise.all([front.stop(), relay?.stop()]);
    throw error;
  }
}

async function startSqs(
  { queues }: StackDescription,
  dataDirectory: string | undefined,
  services: Pick<SqsServerOptions, 'metrics' | 'otherServices'>,
): Promise<SqsServer> {
  try {
    return await startSqsServer({
      queues,
      region: REGION,
      ...services,
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
