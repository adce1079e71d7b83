import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Kills the instances when the service dies without a chance to do so itself (SIGKILL).
 *
 * A frozen process cannot notice that. The kernel wakes the stopped members of a newly orphaned
 * process group (SIGHUP, SIGCONT), but only where the group becomes orphaned by that death: not in
 * a session of its own (setsid, a container, a test's detached child), nor while a script of the
 * same group lives on. So a shell holds the list of pids, and its stdin ends when the service does.
 */
export interface OrphanGuard {
  watch(pid: number): void;
  release(pid: number): void;
  /** Resolves when the guard's own process is gone. */
  stop(): Promise<void>;
}

// Every line is the whole list. Signals that the group gets must not end the guard first.
const script = `trap '' HUP INT TERM; while read -r line; do pids=$line; done; [ -z "$pids" ] || kill -KILL $pids`;

export function startOrphanGuard(): OrphanGuard {
  const pids = new Set<number>();
  let shell: ReturnType<typeof spawnShell> | undefined;

  function publish(): void {
    shell ??= spawnShell();
    if (shell.stdin.writable) {
      shell.stdin.write(`${[...pids].join(' ')}\n`);
    }
  }

  return {
    watch(pid) {
      pids.add(pid);
      publish();
    },
    release(pid) {
      if (pids.delete(pid)) {
        publish();
      }
    },
    async stop() {
      if (shell?.pid !== undefined && shell.exitCode === null && shell.signalCode === null) {
        const gone = once(shell, 'exit');
        shell.stdin.end();
        await gone;
      }
    },
  };
}

function spawnShell() {
  const shell = spawn('/bin/sh', ['-c', script], { env: {}, stdio: ['pipe', 'ignore', 'ignore'] });
  // A guard that cannot be had, or that somebody killed, is no reason to stop the stack.
  shell.on('error', () => {});
  shell.stdin.on('error', () => {});
  return shell;
}
