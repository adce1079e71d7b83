import { context as contextApi } from '@opentelemetry/api';
import type { Context as LambdaContext } from 'aws-lambda';
import { InvalidSetting } from '../errors/invalid-setting.ts';
import { describeError } from '../instrumentation/describe-error.ts';
import { createInstruments, type Instruments } from '../instrumentation/instruments.ts';
import { startInvocationSpan } from '../instrumentation/invocation-span.ts';
import { createLog } from '../instrumentation/log.ts';
import type { GaugeTelemetry } from '../instrumentation/telemetry-handle.ts';
import { type AwsClients, createAwsClients } from '../queues/aws-clients.ts';
import { createReadLimits } from '../queues/call-limit.ts';
import { toGauge } from '../queues/gauges.ts';
import { createListQueues } from '../queues/list-queues.ts';
import { type CloudWatchSettings, planFigures } from '../queues/plan-figures.ts';
import type { QueueSource } from '../queues/queue-source.ts';
import { createSecretText, type SecretText } from '../queues/secret-text.ts';
import { runSamples } from './run-samples.ts';
import { createReadOverdue, type ScheduleWatch } from './schedule-watch.ts';
import { scheduledTimeOf } from './scheduled-time.ts';
import { sendHeartbeat } from './send-heartbeat.ts';

export interface QueueDepthOptions {
  source: QueueSource;
  telemetry: GaugeTelemetry;
  /** Gets one GET after each sample that read a queue and whose gauges were taken. @default no heartbeat */
  heartbeatUrl?: SecretText;
  /**
   * Seconds between samples, 1 to 60. Below 60 one invocation takes several, and is billed for the
   * whole minute. @default 60
   */
  resolutionSeconds?: number;
  cloudWatch?: CloudWatchSettings;
  /** Tells of scheduled runs that did not happen, once a run. @default nothing is told of schedules */
  schedules?: ScheduleWatch;
  /** @default clients with the SDK's own defaults */
  clients?: AwsClients;
}

/** A Lambda handler for a schedule: its event has the scheduled time in `time`. */
export type QueueDepthHandler = (event: unknown, context: LambdaContext) => Promise<void>;

/**
 * Samples the depth of every queue: SQS's counts now, and CloudWatch's figures by the scheduled
 * time. Each sample is one flush, then the heartbeat. Nothing that is read can fail the invocation.
 *
 * @throws InvalidSetting for a resolution that is not 1 to 60 s; InvalidTaskDefinition for a schedule
 * that says no time.
 */
export function createQueueDepthHandler(options: QueueDepthOptions): QueueDepthHandler {
  const { source, telemetry, cloudWatch = {}, resolutionSeconds = 60 } = options;
  if (!(resolutionSeconds >= 1 && resolutionSeconds <= 60)) {
    throw new InvalidSetting('RESOLUTION_SECONDS', `is ${resolutionSeconds}; use 1 to 60 seconds.`);
  }
  const clients = options.clients ?? createAwsClients();
  const readHeartbeatUrl = options.heartbeatUrl && createSecretText(options.heartbeatUrl);
  const readOverdue = options.schedules && createReadOverdue(options.schedules);
  const limits = createReadLimits();
  const serviceLog = createLog({
    service: telemetry.serviceName,
    level: telemetry.logLevel,
    ...(telemetry.writeLog && { write: telemetry.writeLog }),
  });
  const list = createListQueues({
    source,
    clients,
    limit: limits.sqs,
    onProblem: (message, error) => serviceLog.warn(message, describeError(error)),
  });
  let instruments: Instruments | undefined;
  let lastRunAt = Number.NEGATIVE_INFINITY;
  let plannedAt = Number.NEGATIVE_INFINITY;
  /** A run between two of the schedule, by hand, asks for nothing that was asked for already. */
  const plan = (atMs: number) => {
    const previousMs = Math.max(plannedAt, atMs - 1_000 * (cloudWatch.periodSeconds ?? 60));
    plannedAt = atMs;
    return planFigures({ atMs, previousMs }, cloudWatch);
  };

  return async (event, lambdaContext) => {
    const { awsRequestId: requestId, functionName: name } = lambdaContext;
    const coldStart = instruments === undefined;
    instruments ??= createInstruments();
    const { coldStarts, queueSampleErrors: sampleErrors } = instruments;
    if (coldStart) coldStarts.add(1);
    const { span, context } = startInvocationSpan({
      name,
      trigger: 'timer',
      info: lambdaContext,
      coldStart,
    });
    const log = serviceLog.bind({ requestId, context });
    const remainingMs = () => lambdaContext.getRemainingTimeInMillis();
    const flush = () => telemetry.flush({ requestId, remainingMs: remainingMs() });

    const runAt = scheduledTimeOf(event);
    if (runAt <= lastRunAt) {
      // Delivered twice, or late: its points are not newer than those that were sent.
      log.warn('run left out: one of the same time or later was here');
      span.end();
      return flush();
    }
    lastRunAt = runAt;
    // Beside the first sample, and once.
    let overdue = readOverdue?.(log);
    await contextApi.with(context, () =>
      runSamples({
        sampling: { list, clients, limits, sampleErrors, log },
        runAt,
        resolutionSeconds,
        plan,
        remainingMs,
        onSample: async ({ points, queuesRead }, isLast) => {
          telemetry.addGauges([...points.map(toGauge), ...((await overdue) ?? [])]);
          overdue = undefined;
          if (isLast) span.end();
          await flush();
          // It answers for the gauges: where they do not arrive, their alerts see nothing.
          const taken = telemetry.lastExport?.('metrics')?.failure === undefined;
          if (readHeartbeatUrl && queuesRead > 0 && taken)
            await sendHeartbeat(readHeartbeatUrl, log);
        },
      }),
    );
  };
}
