export type { HealthHandler, HealthOptions } from './health/create-health-handler.ts';
export { createHealthHandler } from './health/create-health-handler.ts';
export type { StallSettings } from './health/find-stalled.ts';
export type { AwsClients } from './queues/aws-clients.ts';
export type { QueueOptions, QueueSource } from './queues/queue-source.ts';
export type { SecretText } from './queues/secret-text.ts';
