export type { EnqueueHandler, EnqueueHandlerOptions } from './producer/create-enqueue-handler.ts';
export { createEnqueueHandler } from './producer/create-enqueue-handler.ts';
export type { Producer, ProducerOptions } from './producer/create-producer.ts';
export { createProducer } from './producer/create-producer.ts';
export type { EnqueueResult } from './producer/enqueue-many.ts';
export type { Enqueued } from './producer/enqueue-one.ts';
export type { EnqueueOptions, QueueUrls } from './producer/enqueue-options.ts';
export type { SchedulerClientLike, SchedulerOptions } from './producer/message-scheduler.ts';
