// Plain JavaScript without dependencies: install-then.mjs runs it on the host's Node.
import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * One Ctrl-C arrives up to three times: the terminal signals the whole group, npm forwards what it
 * got, and so do we. Within this time the same signal is the same request.
 */
const SAME_REQUEST_MS = 1000;

/**
 * Starts a child and resolves with how it ended. Until then every signal that ends a process goes
 * on to it and does not end this one: who waits for us then waits for the child. That is so before
 * it is started, or a signal in the moment of the start would leave it behind.
 *
 * `start`: spawns the child.
 *
 * `group`: the child leads a process group of its own (`detached`). The signal goes to the group,
 * and what is left of it when the child has ended, or `killAfterMs` after the signal, is killed.
 */
export function untilEnded(start, { group = false, killAfterMs = 1000 } = {}) {
  return new Promise((resolve, reject) => {
    const lastAt = new Map();
    let killTimer;
    const send = (signal) => {
      if (child.pid === undefined) return;
      try {
        process.kill(group ? -child.pid : child.pid, signal);
      } catch (error) {
        // It ended before we knew.
        if (error.code !== 'ESRCH') throw error;
      }
    };
    const forward = (signal) => {
      const now = performance.now();
      const repeated = now - (lastAt.get(signal) ?? Number.NEGATIVE_INFINITY) < SAME_REQUEST_MS;
      lastAt.set(signal, now);
      if (repeated) return;
      send(signal);
      if (group) killTimer ??= setTimeout(send, killAfterMs, 'SIGKILL');
    };
    const stop = () => {
      clearTimeout(killTimer);
      for (const signal of SIGNALS) process.off(signal, forward);
    };
    for (const signal of SIGNALS) process.on(signal, forward);
    // A signal that comes meanwhile is handled when this turn is over, and then there is a child.
    const child = start();
    child.once('error', (error) => {
      stop();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      if (group) send('SIGKILL');
      stop();
      resolve({ code, signal, asked: [...lastAt.keys()].at(-1) });
    });
  });
}

/** Ends this process as `child` ended: with its exit code, or by its signal. */
export function endLike({ code, signal }) {
  if (signal === null) process.exit(code);
  process.kill(process.pid, signal);
  // Not reached unless the signal is ignored here, as SIGHUP is under nohup.
  process.exit(128 + constants.signals[signal]);
}
