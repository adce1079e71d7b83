import { setTimeout as delay } from 'node:timers/promises';
import { trace } from '@opentelemetry/api';
import {
  implementTask,
  NonRetryableError,
  type TaskContext,
  type TaskImplementation,
} from '../../../../../lib/index.ts';
import { badRule, brokenSchema, careful, nowhere, patient, scripted } from './index.ts';

/** An error as applications have them: its class's name is what is to arrive. */
class CardDeclined extends Error {}

const untilAborted = ({ signal }: TaskContext) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });

async function run(payload: { do: string }, context: TaskContext): Promise<unknown> {
  switch (payload.do) {
    case 'fail':
      throw new CardDeclined('declined');
    case 'fatal':
      throw new NonRetryableError('never again');
    case 'wait':
      return untilAborted(context);
    case 'ignore the signal':
      await delay(1_300);
      trace.getTracer('own').startSpan('after the end').end();
      context.log.info('after the end');
      return;
    case 'record':
      trace.getTracer('own').startSpan('own').end();
      context.log.info('own', { key: 'value' });
      return;
    case 'return much':
      return 'x'.repeat(70_000);
    default:
      return;
  }
}

export const implementations: readonly TaskImplementation[] = [
  implementTask(scripted, run),
  implementTask(careful, run),
  implementTask(badRule, run),
  implementTask(patient, (_payload, context) => untilAborted(context)),
  implementTask(nowhere, async () => {}),
  implementTask(brokenSchema, async () => {}),
];
