import type { ChildProcess } from 'node:child_process';

interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The signal that we were last asked to end by, if any. */
  asked: NodeJS.Signals | undefined;
}

export function untilEnded(
  start: () => ChildProcess,
  options?: { group?: boolean; killAfterMs?: number },
): Promise<Ending>;
export function endLike(ending: Pick<Ending, 'code' | 'signal'>): void;
