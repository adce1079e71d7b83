/**
 * Files that add three tasks to a copy of the project: `first_attempt_fails`, `first_attempt_hangs`
 * and `internal_report`, which is not for HTTP.
 */
export const extraTasks: Record<string, string> = {
  'functions/tasks/first-attempts.ts': `
    import * as z from 'zod/mini';
    import { defineTask } from '../../lib/index.ts';
    const shared = { payload: z.object({}), retry: { minDelaySeconds: 1, maxDelaySeconds: 1 } };
    export const firstAttemptFails = defineTask({ ...shared, name: 'first_attempt_fails', http: true });
    export const firstAttemptHangs = defineTask({ ...shared, name: 'first_attempt_hangs', http: true });
    export const internalReport = defineTask({ ...shared, name: 'internal_report' });
  `,
  'functions/tasks/first-attempts.run.ts': `
    import { setTimeout as delay } from 'node:timers/promises';
    import { implementTask } from '../../lib/index.ts';
    import { firstAttemptFails, firstAttemptHangs, internalReport } from './first-attempts.ts';
    class WarehouseOffline extends Error {}
    export const runFirstAttemptFails = implementTask(firstAttemptFails, async (_, { attempt }) => {
      if (attempt === 1) throw new WarehouseOffline('The warehouse does not answer.');
    });
    export const runFirstAttemptHangs = implementTask(firstAttemptHangs, async (_, { attempt }) => {
      if (attempt === 1) await delay(60_000);
    });
    export const runInternalReport = implementTask(internalReport, async () => {});
  `,
  'functions/tasks/index.ts': `
    import { firstAttemptFails, firstAttemptHangs, internalReport } from './first-attempts.ts';
    import { processOrder } from './process-order.ts';
    import { processPayment } from './process-payment.ts';
    export const tasks = [processOrder, processPayment, firstAttemptFails, firstAttemptHangs, internalReport];
  `,
  'functions/tasks/implementations.ts': `
    import { runFirstAttemptFails, runFirstAttemptHangs, runInternalReport } from './first-attempts.run.ts';
    import { runProcessOrder } from './process-order.run.ts';
    import { runProcessPayment } from './process-payment.run.ts';
    export const implementations = [
      runProcessOrder, runProcessPayment, runFirstAttemptFails, runFirstAttemptHangs, runInternalReport,
    ];
  `,
};
