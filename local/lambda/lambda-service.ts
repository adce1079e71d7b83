import { randomBytes } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MetricStore } from '../cloudwatch/metric-store.ts';
import type { FunctionDescription } from '../stack-description.ts';
import { createFunctionEnvironment, refuseReservedVariables } from './function-environment.ts';
import { type FunctionMetrics, startFunctionMetrics } from './function-metrics.ts';
import { createFunctionPool, type FunctionPool } from './function-pool.ts';
import type { InstanceView } from './instance.ts';
import { spawnInstanceProcess } from './instance-process.ts';
import type { InvocationResult } from './invocation.ts';
import type { InvocationReport } from './invocation-report.ts';
import { type OrphanGuard, startOrphanGuard } from './orphan-guard.ts';
import { ResourceNotFoundError } from './resource-not-found-error.ts';
import { ServiceStoppedError } from './service-stopped-error.ts';

export type { InstanceView } from './instance.ts';
export type { InvocationResult } from './invocation.ts';
export type { InvocationReport } from './invocation-report.ts';

/** Lambda on one machine: every instance a Node.js process that speaks the Runtime API. */
export interface LambdaService {
  /**
   * A RequestResponse invocation. Resolves when the runtime has posted its response, even though
   * extensions are still running, as on Lambda.
   * @throws TooManyRequestsError at the function's reserved concurrency
   * @throws ResourceNotFoundError for a function that is not described
   * @throws ServiceStoppedError when the service was stopped, before or meanwhile
   */
  invoke(functionName: string, event: string): Promise<InvocationResult>;
  /**
   * New invocations go to new instances, started from the code on disk. Idle instances are stopped
   * now, busy ones when they finish. Resolves when the idle ones are gone.
   * @default functionName every function
   */
  replaceInstances(functionName?: string): Promise<void>;
  instances(functionName: string): readonly InstanceView[];
  /** Everything gone within 1 s, whatever is under way. Invocations without an answer reject. */
  stop(): Promise<void>;
}

export interface LambdaServiceOptions {
  functions: readonly FunctionDescription[];
  /** Holds `<bundle>/index.mjs` for each function. */
  bundleDirectory: string;
  /** Path of the runtime client. @default the one in this folder */
  runtime?: string;
  /** Added to every function's own; only its `AWS_ENDPOINT_URL*` win over them. */
  environment?: Record<string, string>;
  /** @default us-east-1 */
  region?: string;
  /** @default 000000000000 */
  accountId?: string;
  /** How long an unused instance is kept. @default 60_000 */
  idleTimeoutMs?: number;
  /** Lambda's limit of init; lowered in tests only. @default 10_000 */
  initTimeoutMs?: number;
  /** Gets AWS/Lambda's metrics. @default none are made */
  metrics?: MetricStore;
  /** Stop an instance's process between invocations. @default true */
  freeze?: boolean;
  onReport?: (report: InvocationReport) => void;
  onOutput?: (
    line: string,
    source: { functionName: string; instanceId: string; stream: 'stdout' | 'stderr' },
  ) => void;
}

const ownRuntime = fileURLToPath(new URL('./runtime/runtime-client.mjs', import.meta.url));

/** @throws ReservedVariableError when an environment sets a variable that is Lambda's own */
export function createLambdaService(options: LambdaServiceOptions): LambdaService {
  const guard = startOrphanGuard();
  const pools = new Map<string, FunctionPool>();
  const metrics =
    options.metrics &&
    startFunctionMetrics({
      store: options.metrics,
      functionNames: options.functions.map(({ functionName }) => functionName),
      instances: (functionName) => pools.get(functionName)?.instances ?? [],
    });
  for (const description of options.functions) {
    refuseReservedVariables(description, options.environment ?? {});
    pools.set(description.functionName, createPool(description, options, guard, metrics));
  }
  let stopped = false;

  function poolOf(functionName: string): FunctionPool {
    const pool = pools.get(functionName);
    if (pool === undefined) {
      throw new ResourceNotFoundError(functionName);
    }
    return pool;
  }

  return {
    async invoke(functionName, event) {
      if (stopped) {
        throw new ServiceStoppedError();
      }
      const result = poolOf(functionName).invoke(event);
      metrics?.observe(functionName);
      if (metrics !== undefined) {
        result.catch((error: Error) => metrics.countRejection(functionName, error));
      }
      return result;
    },
    async replaceInstances(functionName) {
      const affected = functionName === undefined ? [...pools.values()] : [poolOf(functionName)];
      await Promise.all(affected.map((pool) => pool.replace()));
    },
    instances(functionName) {
      return poolOf(functionName).instances.map(({ id, pid, state }) => ({ id, pid, state }));
    },
    async stop() {
      stopped = true;
      metrics?.stop();
      await Promise.all([...pools.values()].map((pool) => pool.stop()));
      await guard.stop();
    },
  };
}

function createPool(
  description: FunctionDescription,
  options: LambdaServiceOptions,
  guard: OrphanGuard,
  metrics: FunctionMetrics | undefined,
): FunctionPool {
  const { region = 'us-east-1', accountId = '000000000000', runtime = ownRuntime } = options;
  const { functionName, timeoutSeconds = 3, memoryMb = 128 } = description;
  const taskRoot = resolve(options.bundleDirectory, description.bundle);

  function spawn(instanceId: string, runtimeApi: string) {
    const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
    const child = spawnInstanceProcess({
      runtime,
      taskRoot,
      memoryMb,
      environment: createFunctionEnvironment(description, options.environment ?? {}, {
        region,
        taskRoot,
        runtimeApi,
        runtimeDirectory: dirname(runtime),
        logStreamName: `${day}/[$LATEST]${instanceId}`,
      }),
      onOutput: (line, stream) => options.onOutput?.(line, { functionName, instanceId, stream }),
    });
    const { pid } = child;
    if (pid !== undefined) {
      guard.watch(pid);
      void child.exited.then(() => guard.release(pid));
    }
    return child;
  }

  return createFunctionPool({
    functionName,
    limit: description.reservedConcurrency ?? 10,
    initTimeoutMs: options.initTimeoutMs ?? 10_000,
    idleTimeoutMs: options.idleTimeoutMs ?? 60_000,
    createInstanceOptions: () => {
      const id = randomBytes(16).toString('hex');
      return {
        id,
        functionName,
        functionArn: `arn:aws:lambda:${region}:${accountId}:function:${functionName}`,
        accountId,
        timeoutSeconds,
        freeze: options.freeze ?? true,
        spawn: (runtimeApi) => spawn(id, runtimeApi),
        onReport: (report) => {
          metrics?.countReport(report);
          options.onReport?.(report);
        },
      };
    },
  });
}
