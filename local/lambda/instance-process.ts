import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { splitLines } from './split-lines.ts';

export interface ProcessExit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The process never ran. */
  spawnError?: Error;
}

/** The operating system's side of an instance. Every signal is a no-op once the process has exited. */
export interface InstanceProcess {
  /** Undefined when it could not be started. */
  readonly pid: number | undefined;
  readonly exited: Promise<ProcessExit>;
  freeze(): void;
  thaw(): void;
  terminate(): void;
  kill(): void;
  /** Peak resident set in MiB, where the system tells. */
  peakMemoryMb(): number | undefined;
}

export interface InstanceProcessOptions {
  /** Path of the runtime client. */
  runtime: string;
  taskRoot: string;
  memoryMb: number;
  environment: Record<string, string>;
  onOutput: (line: string, stream: 'stdout' | 'stderr') => void;
}

export function spawnInstanceProcess(options: InstanceProcessOptions): InstanceProcess {
  const { runtime, taskRoot, memoryMb, environment, onOutput } = options;
  // Not detached: in the service's own process group Ctrl-C and a closed terminal reach it too.
  const child = spawn(process.execPath, [...heapLimits(memoryMb), runtime], {
    cwd: taskRoot,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  splitLines(child.stdout, (line) => onOutput(line, 'stdout'));
  splitLines(child.stderr, (line) => onOutput(line, 'stderr'));

  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.on('error', (spawnError) => resolve({ code: null, signal: null, spawnError }));
  });
  let frozen = false;

  // ChildProcess.kill, not process.kill: it knows when its process has been reaped, so that a pid
  // that the system has given to somebody else is never signalled.
  function thaw(): void {
    if (frozen) {
      frozen = false;
      child.kill('SIGCONT');
    }
  }

  return {
    pid: child.pid,
    exited,
    freeze() {
      frozen = true;
      child.kill('SIGSTOP');
    },
    thaw,
    terminate: () => void child.kill('SIGTERM'),
    kill: () => void child.kill('SIGKILL'),
    peakMemoryMb: () => readPeakMemory(child.pid),
  };
}

/** The limits that Lambda's own bootstrap gives Node.js: what is over them breaks here too. */
function heapLimits(memoryMb: number): string[] {
  return [
    `--max-old-space-size=${Math.floor(memoryMb * 0.9)}`,
    `--max-semi-space-size=${Math.floor(memoryMb * 0.05)}`,
  ];
}

function readPeakMemory(pid: number | undefined): number | undefined {
  try {
    const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kib === undefined ? undefined : Math.ceil(Number(kib) / 1024);
  } catch {
    return undefined;
  }
}
