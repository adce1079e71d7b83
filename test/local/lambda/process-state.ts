import { readFileSync } from 'node:fs';

/** The state letter of /proc/<pid>/stat (T is stopped), or undefined when there is no such process. */
export function processState(pid: number | undefined): string | undefined {
  try {
    const state = /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
    return state === 'Z' ? undefined : state;
  } catch {
    return undefined;
  }
}
