import type { Benchmark } from './row.ts';
import { measureColdStart } from './rows/cold-start.ts';
import { measureConsole } from './rows/console.ts';
import { measureConsolePage } from './rows/console-page.ts';
import { measureCpuAndMemory } from './rows/cpu-and-memory.ts';
import { measureHangingBackend } from './rows/hanging-backend.ts';
import { measureLostSpans } from './rows/lost-spans.ts';
import { measureQueueDepth } from './rows/queue-depth.ts';
import { measureSizes } from './rows/sizes.ts';
import { measureSustainedLoad } from './rows/sustained-load.ts';
import { measureTaskState } from './rows/task-state.ts';
import { measureWarmResponse } from './rows/warm-response.ts';

/** In the order of the table. */
export const BENCHMARKS: readonly Benchmark[] = [
  { name: 'cold-start', measure: measureColdStart },
  { name: 'warm-response', measure: measureWarmResponse },
  { name: 'cpu-and-memory', measure: measureCpuAndMemory },
  { name: 'sustained-load', measure: measureSustainedLoad },
  { name: 'hanging-backend', measure: measureHangingBackend },
  { name: 'lost-spans', measure: measureLostSpans },
  { name: 'queue-depth', measure: measureQueueDepth },
  { name: 'console', measure: measureConsole },
  { name: 'console-page', measure: measureConsolePage },
  { name: 'task-state', measure: measureTaskState },
  { name: 'sizes', measure: measureSizes },
];
