import type { LambdaService } from '../../local/lambda/lambda-service.ts';
import { workerName } from './describe-soak-stack.ts';
import { QUEUES } from './functions/tasks/soak-task.ts';
import type { Random } from './seeded-random.ts';

export interface KillerOptions {
  /** Of the pauses between two kills: uniform from nothing to twice as long. */
  meanPauseMs: number;
  random: Random;
}

/** SIGKILLs a busy worker instance at random, again and again, until it is stopped. */
export function startKilling(
  lambda: Pick<LambdaService, 'instances'>,
  { meanPauseMs, random }: KillerOptions,
): { readonly kills: number; stop(): void } {
  let kills = 0;
  let timer: NodeJS.Timeout;

  const schedule = (): void => {
    timer = setTimeout(strike, random() * 2 * meanPauseMs);
  };
  const strike = (): void => {
    // Only what the stack itself reports, and in the same turn of the event loop in which it does:
    // a process that has ended keeps its pid until this loop has seen it end.
    const busy = QUEUES.flatMap((queue) => lambda.instances(workerName(queue))).filter(
      ({ state, pid }) => state === 'busy' && pid !== undefined,
    );
    const pid = busy[Math.floor(random() * busy.length)]?.pid;
    if (pid !== undefined && kill(pid)) kills += 1;
    schedule();
  };
  schedule();
  return {
    get kills() {
      return kills;
    },
    stop: () => clearTimeout(timer),
  };
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}
