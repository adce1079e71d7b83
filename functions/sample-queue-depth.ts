import { createQueueDepthHandler, type QueueDepthHandler } from '../lib/queue-depth.ts';
import { startTelemetry } from '../lib/telemetry.ts';
import { readCloudWatchSettings, readDepthSettings, readQueueSource } from './env.ts';

const telemetry = await startTelemetry({
  flush: 'before-response',
  identity: 'function',
  compression: 'gzip',
});

/** Invoked by a schedule, once a minute. */
export const handler: QueueDepthHandler = createQueueDepthHandler({
  source: readQueueSource(),
  telemetry,
  cloudWatch: readCloudWatchSettings(),
  ...readDepthSettings(),
});
