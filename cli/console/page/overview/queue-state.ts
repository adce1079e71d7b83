import type { QueueFigures } from '../../console-api.ts';
import type { IconName } from '../parts/icon.tsx';
import type { Tone } from '../parts/state-badge.tsx';

export interface QueueState {
  label: string;
  icon: IconName;
  tone: Tone;
}

/** What a queue is doing, in a word: what needs somebody comes first. */
export function describeQueue(queue: QueueFigures): QueueState {
  const { workers, depth, inFlight, error, readAt } = queue;
  if (error !== undefined) return { label: 'Not readable', icon: 'warning', tone: 'bad' };
  if (readAt === 0) return { label: 'Reading', icon: 'clock', tone: 'quiet' };
  if (workers.length > 0 && workers.every(({ enabled }) => enabled === false)) {
    return { label: 'Workers stopped', icon: 'pause', tone: 'warn' };
  }
  if (inFlight > 0) return { label: 'Working', icon: 'play', tone: 'active' };
  if (depth > 0) return { label: 'Waiting', icon: 'clock', tone: 'quiet' };
  return { label: 'Idle', icon: 'check', tone: 'good' };
}

/** Instances that run, of all its workers; undefined where nobody says. */
export function activeWorkers({ workers }: QueueFigures): number | undefined {
  const known = workers.flatMap(({ active }) => (active === undefined ? [] : [active]));
  return known.length === 0 ? undefined : known.reduce((sum, active) => sum + active, 0);
}
