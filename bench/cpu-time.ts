import { readFileSync } from 'node:fs';

/** The kernel's USER_HZ, which /proc counts in: 100 on every Linux that Node.js runs on. */
const TICK_MS = 10;

/**
 * CPU milliseconds of a process with all its threads, user and system, as the kernel has them. It
 * is read from outside, so that nothing is added to what is measured, and it has the garbage
 * collector, the compiler and a flush after the response in it. A tick is 10 ms: measure differences
 * over hundreds of invocations.
 */
export function cpuMs(pid: number): number {
  // The command, in brackets, may hold spaces.
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
