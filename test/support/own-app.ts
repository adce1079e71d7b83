/**
 * The files of an app of somebody's own that installed the package: tasks, functions and a stack.
 * As text, since they import `leadline`, which here is installed nowhere.
 */
export const OWN_APP: Readonly<Record<string, string>> = {
  'functions/tasks/resize-image.ts': `
    import * as z from 'zod/mini';
    import { defineTask } from 'leadline';
    export const resizeImage = defineTask({
      name: 'resize_image',
      queue: 'images',
      payload: z.object({ key: z.string() }),
      http: true,
      schedule: [{ cron: '0 3 * * *', payload: { key: 'nightly' } }],
    });`,
  'functions/tasks/resize-image.run.ts': `
    import { implementTask } from 'leadline';
    import { resizeImage } from './resize-image.ts';
    export const runResizeImage = implementTask(resizeImage, async ({ key }, { log }) => {
      log.info('resized', { key });
    });`,
  'functions/enqueue-task.ts': `
    import { SQSClient } from '@aws-sdk/client-sqs';
    import { createEnqueueHandler, createProducer } from 'leadline/producer';
    import { startTelemetry } from 'leadline/telemetry';
    import { resizeImage } from './tasks/resize-image.ts';
    const telemetry = await startTelemetry({ flush: 'after-response' });
    const queues = JSON.parse(process.env.QUEUES);
    const producer = createProducer({ queues, client: new SQSClient({}), telemetry });
    export const handler = createEnqueueHandler({ tasks: [resizeImage], producer, telemetry });`,
  'functions/process-tasks.ts': `
    import { startTelemetry } from 'leadline/telemetry';
    import { createWorker } from 'leadline/worker';
    import { runResizeImage } from './tasks/resize-image.run.ts';
    export const handler = createWorker([runResizeImage], {
      queues: JSON.parse(process.env.QUEUES),
      telemetry: await startTelemetry({ flush: 'adaptive' }),
    });`,
  'functions/sample-queue-depth.ts': `
    import { createQueueDepthHandler } from 'leadline/queue-depth';
    import { startTelemetry } from 'leadline/telemetry';
    export const handler = createQueueDepthHandler({
      source: { queues: JSON.parse(process.env.QUEUES) },
      telemetry: await startTelemetry({ flush: 'before-response' }),
    });`,
  'functions/health.ts': `
    import { createHealthHandler } from 'leadline/health';
    import { toPrometheus } from 'leadline/prometheus';
    import { startTelemetry } from 'leadline/telemetry';
    export const handler = createHealthHandler({
      source: { queues: JSON.parse(process.env.QUEUES) },
      telemetry: await startTelemetry(),
      token: { parameter: process.env.HEALTH_TOKEN_PARAMETER },
      toPrometheus,
    });`,
  'app.ts': `
    import { App, Stack } from 'aws-cdk-lib';
    import { TaskQueues } from 'leadline/infra';
    import { resizeImage } from './functions/tasks/resize-image.ts';
    const app = new App({ outdir: 'cdk.out' });
    const stack = new Stack(app, 'shop');
    new TaskQueues(stack, 'Tasks', { tasks: [resizeImage], stage: 'test' });
    app.synth();`,
};
