import type { LastExport } from '../instrumentation/telemetry-handle.ts';
import type { AwsClients } from '../queues/aws-clients.ts';
import type { ReadLimits } from '../queues/call-limit.ts';
import type { ListQueues } from '../queues/list-queues.ts';
import { checkBroker } from './check-broker.ts';
import type { RunChecks } from './check-health.ts';
import { checkTelemetry } from './check-telemetry.ts';
import { checkWorkers } from './check-workers.ts';
import { createFindStalled, type StallSettings } from './find-stalled.ts';
import { createQueueSample } from './queue-sample.ts';
import { createWorkerStates } from './worker-state.ts';

export interface CheckParts {
  list: ListQueues;
  clients: AwsClients;
  limits: ReadLimits;
  settings: StallSettings | undefined;
  lastExport: () => LastExport | undefined;
  onProblem: (message: string, error: unknown) => void;
}

/** The three checks; those of one round share what they read of the queues. */
export function createChecks(parts: CheckParts): RunChecks {
  const { list, clients, limits, settings, lastExport, onProblem } = parts;
  const takeSample = createQueueSample(list, clients, limits);
  const states = createWorkerStates(clients);
  const findStalled = createFindStalled({ clients, limits, settings, onProblem });
  return (names, deadline) => {
    const asked = new Set(names);
    const sample = asked.has('broker') || asked.has('workers') ? takeSample() : undefined;
    return {
      ...(sample && asked.has('broker') && { broker: checkBroker(sample) }),
      ...(sample &&
        asked.has('workers') && {
          workers: checkWorkers(sample, { states, findStalled, deadline }),
        }),
      ...(asked.has('telemetry') && { telemetry: Promise.resolve(checkTelemetry(lastExport())) }),
    };
  };
}
