import { onTestFinished } from 'vitest';
import { createQueueDepthHandler, type QueueDepthOptions } from '../../../lib/queue-depth.ts';
import { startTelemetry } from '../../../lib/telemetry.ts';
import { startAws } from '../../support/aws-stand-in/start-aws.ts';
import { disableTelemetry } from '../../support/disable-telemetry.ts';
import { startBackend } from '../telemetry/otlp-backend.ts';
import { lambdaContext } from '../worker/lambda-context.ts';

/** The depth function with AWS's stand-in on one side and a real OTLP receiver on the other. */
export async function startDepth(options: Partial<QueueDepthOptions> = {}) {
  const aws = await startAws();
  const backend = await startBackend();
  onTestFinished(disableTelemetry);
  const telemetry = await startTelemetry({
    flush: 'before-response',
    identity: 'function',
    compression: 'gzip',
    environment: {
      ONEUPTIME_ENDPOINT: backend.endpoint,
      ONEUPTIME_TOKEN: 'token-1',
      AWS_LAMBDA_FUNCTION_NAME: 'sample-queue-depth',
      OTEL_SERVICE_NAME: 'shop',
    },
  });
  const lines: string[] = [];
  let flushes = 0;
  const handler = createQueueDepthHandler({
    source: { prefix: 'app-' },
    clients: aws.clients,
    ...options,
    telemetry: {
      ...telemetry,
      writeLog: (line) => void lines.push(line),
      flush: async (request) => {
        await telemetry.flush(request);
        flushes += 1;
      },
    },
  });
  const { store } = backend;
  return {
    aws,
    backend,
    /** @param remainingMs of the invocation */
    run: (event: unknown = { time: new Date().toISOString() }, remainingMs = 60_000) =>
      handler(event, lambdaContext(remainingMs)),
    flushes: () => flushes,
    /** What the log said on stdout. */
    lines,
    warnings: () =>
      lines
        .map((line): { level: string; message: string } => JSON.parse(line))
        .filter(({ level }) => level !== 'INFO')
        .map(({ message }) => message),
    /** Values of a metric by `queue.name`. */
    values: (metric: string) =>
      Object.fromEntries(
        store
          .points()
          .filter((point) => point.metric === metric)
          .map(({ attributes, value }) => [String(attributes['queue.name']), value]),
      ),
    points: (metric: string) => store.points().filter((point) => point.metric === metric),
  };
}
