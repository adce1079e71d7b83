import { availableParallelism, loadavg } from 'node:os';

/**
 * Milliseconds that we promise on a machine which is free for us. Where more processes than cores
 * want to run, each gets its share of them, and everything takes longer by as much.
 */
export function promised(milliseconds: number): number {
  const [load = 0] = loadavg();
  return milliseconds * Math.max(1, load / availableParallelism());
}
