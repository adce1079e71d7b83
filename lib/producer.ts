export type { EnqueueHandler, EnqueueHandlerOptions } from './producer/create-enqueue-handler.ts';
export { createEnqueueHandler } from './producer/create-enqueue-handler.ts';
export type { Enqueued, Producer, ProducerOptions } from './producer/create-producer.ts';
export { createProducer } from './producer/create-producer.ts';
export type { EnqueueOptions, QueueUrls } from './producer/enqueue-options.ts';
