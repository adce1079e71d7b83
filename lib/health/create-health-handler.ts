import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Context as LambdaContext,
} from 'aws-lambda';
import { describeError } from '../instrumentation/describe-error.ts';
import { createInstruments, type Instruments } from '../instrumentation/instruments.ts';
import { createLog } from '../instrumentation/log.ts';
import type { HealthTelemetry } from '../instrumentation/telemetry-handle.ts';
import { type AwsClients, createAwsClients } from '../queues/aws-clients.ts';
import { createReadLimits } from '../queues/call-limit.ts';
import { createListQueues } from '../queues/list-queues.ts';
import type { QueueSource } from '../queues/queue-source.ts';
import { createSecretText, type SecretText } from '../queues/secret-text.ts';
import { createAnswer, type ToPrometheus } from './answer-request.ts';
import { createHealthCheck } from './check-health.ts';
import { createChecks } from './create-checks.ts';
import type { StallSettings } from './find-stalled.ts';
import { createReadGauges } from './read-gauges.ts';

export interface HealthOptions {
  source: QueueSource;
  telemetry: HealthTelemetry;
  toPrometheus: ToPrometheus;
  /**
   * What `Authorization: Bearer` has to have; `'none'` opens both routes to everybody.
   * @default nobody: GET /health answers its status alone, and GET /metrics 401
   */
  token?: SecretText | 'none';
  /** `version` of the answer. @default null */
  version?: string;
  /** How CloudWatch is asked, and when a worker is stalled. */
  settings?: StallSettings;
  /** @default clients with the SDK's own defaults */
  clients?: AwsClients;
}

export type HealthHandler = (
  event: APIGatewayProxyEventV2,
  context: LambdaContext,
) => Promise<APIGatewayProxyStructuredResultV2>;

/**
 * The Lambda handler of `GET|HEAD /health` and `GET|HEAD /metrics` behind an HTTP API (payload
 * format 2.0). It makes no spans: a probe every few seconds is no request that anybody looks for.
 */
export function createHealthHandler(options: HealthOptions): HealthHandler {
  const { source, telemetry, settings, token } = options;
  const clients = options.clients ?? createAwsClients();
  const limits = createReadLimits();
  const serviceLog = createLog({
    service: telemetry.serviceName,
    level: telemetry.logLevel,
    ...(telemetry.writeLog && { write: telemetry.writeLog }),
  });
  const onProblem = (message: string, error: unknown) =>
    serviceLog.warn(message, describeError(error));
  const list = createListQueues({
    source,
    clients,
    limit: limits.sqs,
    onProblem,
  });
  const answer = createAnswer({
    token: token === undefined || token === 'none' ? token : createSecretText(token),
    health: createHealthCheck(
      createChecks({
        list,
        clients,
        limits,
        settings,
        lastExport: telemetry.lastExport,
        onProblem,
      }),
      options.version ?? null,
    ),
    readGauges: createReadGauges({ list, clients, limits, settings, onProblem }),
    toPrometheus: options.toPrometheus,
  });
  let instruments: Instruments | undefined;

  return async (event, context) => {
    const { awsRequestId: requestId } = context;
    try {
      if (instruments === undefined) {
        instruments = createInstruments();
        instruments.coldStarts.add(1);
      }
      return await answer(event, serviceLog.bind({ requestId }));
    } finally {
      // Also after an event that is no HTTP event: a flush that is not asked for holds the instance.
      await telemetry.flush({ requestId, remainingMs: context.getRemainingTimeInMillis() });
    }
  };
}
