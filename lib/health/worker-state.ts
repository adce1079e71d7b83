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
  /** Where Lambda does not say in time, what it said at most 2 minutes ago. */
  read(worker: Worker, deadline: number): Promise<WorkerState>;
  /** When it was read last, by `Date.now()`. */
  knownAt(worker: Worker): number;
}

/** Lambda allows 15 of these calls a second in an account, those of deploys included. */
const LAMBDA_CALLS = { concurrency: 6, perSecond: 10 };
/** More than it takes to come to each of 50 workers again. */
const KEEP_MS = 120_000;
/** Functions are active until somebody changes them; mappings get disabled. */
const FUNCTION_KEEP_MS = 60_000;

const TAKES_MESSAGES = new Set(['Enabled', 'Enabling', 'Updating']);
/** Lambda lets a function that idles for weeks become inactive; the next invocation wakes it. */
const RUNS = new Set(['Active', 'Inactive']);

export function createWorkerStates({ lambda }: Pick<AwsClients, 'lambda'>): WorkerStates {
  const limit = createCallLimit(LAMBDA_CALLS);
  const known = new Map<string, { at: number; problem: string | undefined }>();
  const ranAt = new Map<string, number>();

  const mappingProblem = async (UUID: string, deadline: number) => {
    const client = await lambda();
    const { State = 'unknown' } = await readPatiently(
      (abortSignal) => client.send(new GetEventSourceMappingCommand({ UUID }), { abortSignal }),
      { limit, deadline },
    );
    return TAKES_MESSAGES.has(State) ? undefined : `its event source mapping is ${State}`;
  };
  const functionProblem = async (FunctionName: string, deadline: number) => {
    if (Date.now() - (ranAt.get(FunctionName) ?? 0) < FUNCTION_KEEP_MS) return undefined;
    const client = await lambda();
    const { State = 'unknown' } = await readPatiently(
      (abortSignal) =>
        client.send(new GetFunctionConfigurationCommand({ FunctionName }), { abortSignal }),
      { limit, deadline },
    );
    if (!RUNS.has(State)) return `its function is ${State}`;
    ranAt.set(FunctionName, Date.now());
    return undefined;
  };

  return {
    knownAt: (worker) => known.get(keyOf(worker))?.at ?? 0,
    async read({ worker, mapping }, deadline) {
      const key = keyOf({ ...(worker && { worker }), ...(mapping && { mapping }) });
      try {
        const problems = await Promise.all([
          mapping === undefined ? undefined : mappingProblem(mapping, deadline),
          worker === undefined ? undefined : functionProblem(worker, deadline),
        ]);
        const problem = problems.find((each) => each !== undefined);
        known.set(key, { at: Date.now(), problem });
        return { known: true, ...(problem && { problem }) };
      } catch (error) {
        if (!isPassing(error)) {
          return { known: true, problem: `its worker cannot be read: ${errorType(error)}` };
        }
        // It says nothing of the worker.
        const { at = 0, problem } = known.get(key) ?? {};
        if (Date.now() - at > KEEP_MS) return { known: false };
        return { known: true, ...(problem && { problem }) };
      }
    },
  };
}

const keyOf = ({ worker, mapping }: Worker) => `${worker} ${mapping}`;
