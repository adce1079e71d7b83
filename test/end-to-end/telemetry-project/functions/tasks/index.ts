import * as z from 'zod/mini';
import { defineTask, type Task } from '../../../../../lib/index.ts';

const payload = z.object({ do: z.string(), text: z.optional(z.string()) });
const retry = { maxAttempts: 3, minDelaySeconds: 1, maxDelaySeconds: 1 };

/** Does what its payload says. */
export const scripted = defineTask({
  name: 'scripted',
  queue: 'main',
  payload,
  retry,
  timeoutSeconds: 1,
  http: true,
  schedule: [{ rateMinutes: 5, payload: { do: 'complete' } }],
  enqueues: ['scripted'],
});

/** Runs once. */
export const careful = defineTask({ name: 'careful', queue: 'main', payload, idempotent: true });

/** Waits for its signal, longer than any invocation. */
export const patient = defineTask({ name: 'patient', queue: 'main', payload, timeoutSeconds: 30 });

export const badRule = defineTask({
  name: 'bad_rule',
  queue: 'main',
  payload,
  retry: {
    ...retry,
    when: () => {
      throw new Error('the rule is broken');
    },
  },
});

/** Of a queue that is not there. */
export const nowhere = defineTask({ name: 'nowhere', queue: 'nowhere', payload, http: true });

export const brokenSchema = defineTask({
  name: 'broken_schema',
  queue: 'main',
  payload: {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: () => {
        throw new TypeError('the schema is broken');
      },
    },
  },
  http: true,
});

export const tasks: readonly Task[] = [scripted, careful, patient, badRule, nowhere, brokenSchema];
