import {
  GetEventSourceMappingCommand,
  GetFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { errorType } from '../instrumentation/error-type.ts';
import type { AwsClients } from '../queues/aws-clients.ts';
import { createCallLimit } from '../queues/call-limit.ts';
import { isPassing, readPatiently } from '../queues/read-patiently.ts';

/** Whether a worker takes messages, as Lambda has it: `problem` says why not. */
export type WorkerState = { known: false } | { known: true; problem?: string };

export interface Worker {
  worker?: string;
  mapping?: string;
}

export interface WorkerStates {
  read(worker: Worker, deadline: number): Promise<WorkerState>;
  /** When it was last known, by `Date.now()`. */
  knownAt(worker: Worker): number;
}

/** Lambda allows 15 of these calls a second in an account, those of deploys included. */
const LAMBDA_CALLS = { concurrency: 4, perSecond: 10 };

const TAKES_MESSAGES = new Set(['Enabled', 'Enabling', 'Updating']);
/** Lambda lets a function that idles for weeks become inactive; the next invocation wakes it. */
const RUNS = new Set(['Active', 'Inactive']);

export function createWorkerStates({ lambda }: Pick<AwsClients, 'lambda'>): WorkerStates {
  const limit = createCallLimit(LAMBDA_CALLS);
  const knownAt = new Map<string, number>();

  const mappingProblem = async (UUID: string, deadline: number) => {
    const client = await lambda();
    const { State = 'unknown' } = await readPatiently(
      (abortSignal) => client.send(new GetEventSourceMappingCommand({ UUID }), { abortSignal }),
      { limit, deadline },
    );
    return TAKES_MESSAGES.has(State) ? undefined : `its event source mapping is ${State}`;
  };
  const functionProblem = async (FunctionName: string, deadline: number) => {
    const client = await lambda();
    const { State = 'unknown' } = await readPatiently(
      (abortSignal) =>
        client.send(new GetFunctionConfigurationCommand({ FunctionName }), { abortSignal }),
      { limit, deadline },
    );
    return RUNS.has(State) ? undefined : `its function is ${State}`;
  };

  return {
    knownAt: (worker) => knownAt.get(keyOf(worker)) ?? 0,
    async read({ worker, mapping }, deadline) {
      try {
        const problems = await Promise.all([
          mapping === undefined ? undefined : mappingProblem(mapping, deadline),
          worker === undefined ? undefined : functionProblem(worker, deadline),
        ]);
        const problem = problems.find((each) => each !== undefined);
        knownAt.set(keyOf({ ...(worker && { worker }), ...(mapping && { mapping }) }), Date.now());
        return { known: true, ...(problem && { problem }) };
      } catch (error) {
        // It says nothing of the worker.
        if (isPassing(error)) return { known: false };
        return { known: true, problem: `its worker cannot be read: ${errorType(error)}` };
      }
    },
  };
}

const keyOf = ({ worker, mapping }: Worker) => `${worker} ${mapping}`;
