import { setTimeout as delay } from 'node:timers/promises';

/** How long the command waits for OneUptime. */
export interface Patience {
  /** Of one request. @default 15000 */
  timeoutMs: number;
  /** All pauses of one request together: a longer Retry-After ends it. @default 60000 */
  pausesMs: number;
  /** @default 4 */
  attempts: number;
  wait(ms: number): Promise<unknown>;
}

export const PATIENCE: Patience = {
  timeoutMs: 15_000,
  pausesMs: 60_000,
  attempts: 4,
  wait: (ms) => delay(ms),
};
