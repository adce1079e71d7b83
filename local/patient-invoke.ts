import { setTimeout as delay } from 'node:timers/promises';
import type { LambdaService } from './lambda/lambda-service.ts';

type Invoke = LambdaService['invoke'];

const RETRY_MS = 20;
/** Below the 30 s that the HTTP API waits for a function. */
const PATIENCE_MS = 25_000;

/**
 * Waits for a free instance where Lambda would throttle. An account on AWS has a thousand
 * instances and this machine has ten: a burst that AWS serves is not to be refused here.
 */
export function createPatientInvoke(invoke: Invoke): Invoke {
  return async (functionName, event) => {
    for (const end = Date.now() + PATIENCE_MS; ; ) {
      try {
        return await invoke(functionName, event);
      } catch (error) {
        const throttled = (error as Error).name === 'TooManyRequestsException';
        if (!throttled || Date.now() > end) throw error;
      }
      await delay(RETRY_MS);
    }
  };
}
