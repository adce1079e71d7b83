import { exitError, extensionError, timeoutError } from './function-error.ts';
import type { InstanceProcess, ProcessExit } from './instance-process.ts';
import type { Invocation } from './invocation.ts';
import type { InvocationReport } from './invocation-report.ts';
import { createInvocationRun, type InvocationRun } from './invocation-run.ts';
import { createRuntimeApi } from './runtime-api.ts';
import { ServiceStoppedError } from './service-stopped-error.ts';

/** How long a process with an internal extension has between SIGTERM and SIGKILL, as on Lambda. */
const shutdownMs = 500;

/** `starting` is init, `busy` lasts until the runtime and every extension have asked for the next event. */
export type InstanceState = 'starting' | 'busy' | 'idle' | 'stopping';

/** What can be seen of an instance from outside. */
export interface InstanceView {
  /** 32 hexadecimal digits, the last part of the log stream's name. */
  readonly id: string;
  /** Undefined for the moment before the process is started. */
  readonly pid: number | undefined;
  readonly state: InstanceState;
}

/** One running copy of a function: its process, its Runtime API, at most one invocation. */
export interface Instance extends InstanceView {
  /** Resolves when neither the process nor the listener is left. */
  readonly gone: Promise<void>;
  /** Who has yet to ask for the next event, when the invocation has its answer already. */
  readonly finishing: 'runtime' | 'extension' | undefined;
  /** Only for an instance that is idle, or was started this instant. */
  run(invocation: Invocation): void;
  /** Ends it whatever it is doing, as Lambda shuts an instance down. */
  stop(): Promise<void>;
}

export interface InstanceOptions {
  id: string;
  functionName: string;
  functionArn: string;
  accountId: string;
  timeoutSeconds: number;
  /** Absent: init counts against the timeout of the instance's first invocation. */
  initTimeoutMs?: number;
  freeze: boolean;
  spawn: (runtimeApi: string) => InstanceProcess;
  onIdle: () => void;
  /** Init took too long; the instance is being killed, and the invocation is free for another one. */
  onInitTimeout: (invocation: Invocation) => void;
  onReport: (report: InvocationReport) => void;
}

export function startInstance(options: InstanceOptions): Instance {
  const { id, functionName, timeoutSeconds } = options;
  let state: InstanceState = 'starting';
  let stopped = false;
  let child: InstanceProcess | undefined;
  let current: InvocationRun | undefined;
  let initTimer: NodeJS.Timeout | undefined;
  let shutdownTimer: NodeJS.Timeout | undefined;
  let initStart = performance.now();
  /** Kept for the report of the first invocation. */
  let initMs: number | undefined;
  let cold = true;

  const api = createRuntimeApi(options, {
    onReady,
    onAnswer: () => current?.markAnswered(),
    onInitError: (payload) => breakDown(() => payload),
    onExtensionError: (phase, type) =>
      breakDown((requestId) => extensionError(requestId, phase, type)),
  });
  const gone = live();

  async function live(): Promise<void> {
    try {
      const runtimeApi = await api.listen();
      if (!isStopping()) {
        initStart = performance.now();
        child = options.spawn(runtimeApi);
        if (options.initTimeoutMs !== undefined) {
          initTimer = setTimeout(onInitDeadline, options.initTimeoutMs);
        }
        onExit(await child.exited);
      }
    } catch (error) {
      current?.invocation.abandon(error as Error);
    } finally {
      state = 'stopping';
      clearTimeout(initTimer);
      clearTimeout(shutdownTimer);
      if (current !== undefined) {
        current.invocation.abandon(new ServiceStoppedError());
        conclude('exit');
      }
      await api.close();
    }
  }

  function isStopping(): boolean {
    return state === 'stopping';
  }

  function handOver(run: InvocationRun): void {
    run.startClock();
    run.markDelivered();
    api.deliver(run.invocation, run.deadlineMs);
  }

  function onReady(): void {
    if (state === 'starting') {
      initMs = performance.now() - initStart;
      clearTimeout(initTimer);
      state = 'busy';
    }
    if (current?.delivered) {
      conclude('answered');
      becomeIdle();
    } else if (current !== undefined && !isStopping()) {
      handOver(current);
    }
  }

  function becomeIdle(): void {
    if (isStopping()) {
      return;
    }
    state = 'idle';
    if (options.freeze) {
      // Nothing is in flight: whoever has asked for its next event has read every earlier answer.
      child?.freeze();
    }
    options.onIdle();
  }

  function conclude(how: 'answered' | 'timeout' | 'exit'): void {
    const run = current;
    current = undefined;
    if (run === undefined) {
      return;
    }
    const maxMemoryMb = child?.peakMemoryMb();
    const report: InvocationReport = {
      functionName,
      instanceId: id,
      coldStart: cold,
      ...(cold && { initMs: initMs ?? performance.now() - initStart }),
      ...run.end(how),
      ...(maxMemoryMb !== undefined && { maxMemoryMb }),
    };
    cold = false;
    options.onReport(report);
  }

  // No SIGTERM after a timeout or a crash: Lambda gives none either.
  function kill(): void {
    state = 'stopping';
    clearTimeout(initTimer);
    child?.kill();
  }

  function breakDown(payloadOf: (requestId: string) => string): void {
    current?.invocation.fail(payloadOf(current.invocation.requestId));
    kill();
    conclude('answered');
  }

  function onDeadline(): void {
    current?.invocation.fail(timeoutError(current.invocation.requestId, timeoutSeconds));
    kill();
    conclude('timeout');
  }

  function onInitDeadline(): void {
    const invocation = current?.invocation;
    current = undefined;
    kill();
    if (invocation !== undefined) {
      options.onInitTimeout(invocation);
    }
  }

  function onExit(exit: ProcessExit): void {
    if (current !== undefined && !stopped) {
      current.invocation.fail(exitError(current.invocation.requestId, exit));
      conclude('exit');
    }
  }

  return {
    id,
    gone,
    get pid() {
      return child?.pid;
    },
    get state() {
      return state;
    },
    get finishing() {
      if (state !== 'busy' || current?.invocation.answer === undefined) {
        return undefined;
      }
      return api.extensionsWaiting ? 'runtime' : 'extension';
    },
    run(invocation) {
      const run = createInvocationRun(invocation, timeoutSeconds * 1000, onDeadline);
      current = run;
      if (state === 'starting') {
        if (options.initTimeoutMs === undefined) {
          run.startClock();
        }
        return;
      }
      state = 'busy';
      child?.thaw();
      run.startClock();
      if (api.ready) {
        handOver(run);
      }
    },
    stop() {
      stopped = true;
      if (!isStopping()) {
        state = 'stopping';
        clearTimeout(initTimer);
        child?.thaw();
        if (api.hasExtension) {
          child?.terminate();
          shutdownTimer = setTimeout(() => child?.kill(), shutdownMs);
        } else {
          child?.kill();
        }
      }
      return gone;
    },
  };
}
