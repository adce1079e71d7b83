export type {
  QueueDepthHandler,
  QueueDepthOptions,
} from './queue-depth/create-queue-depth-handler.ts';
export { createQueueDepthHandler } from './queue-depth/create-queue-depth-handler.ts';
export type { ScheduleWatch } from './queue-depth/schedule-watch.ts';
export type { AwsClients } from './queues/aws-clients.ts';
export type { CloudWatchSettings } from './queues/plan-figures.ts';
export type { QueueOptions, QueueSource } from './queues/queue-source.ts';
export type { SecretText } from './queues/secret-text.ts';
