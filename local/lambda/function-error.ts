import type { ProcessExit } from './instance-process.ts';

/**
 * Error payloads that Lambda itself writes, when the runtime could not. Their text is matched by
 * people's alarms and log filters, so it is Lambda's to the letter.
 */
export function timeoutError(requestId: string, timeoutSeconds: number): string {
  return toPayload(
    'Sandbox.Timedout',
    `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`,
  );
}

export function exitError(requestId: string, exit: ProcessExit): string {
  return toPayload('Runtime.ExitError', `RequestId: ${requestId} Error: ${describeExit(exit)}`);
}

export function extensionError(requestId: string, phase: 'init' | 'exit', reason: string): string {
  const errorType = phase === 'init' ? 'Extension.InitError' : 'Extension.ExitError';
  return toPayload(errorType, `RequestId: ${requestId} Error: ${reason}`);
}

export function responseTooLargeError(maximumBytes: number): string {
  return toPayload(
    'Function.ResponseSizeTooLarge',
    `Response payload size exceeded maximum allowed payload size (${maximumBytes} bytes).`,
  );
}

function describeExit({ code, signal, spawnError }: ProcessExit): string {
  if (spawnError !== undefined) {
    return `Runtime could not be started: ${spawnError.message}`;
  }
  if (code === 0) {
    return 'Runtime exited without providing a reason';
  }
  const reason = signal === null ? `exit status ${code}` : `signal: ${describeSignal(signal)}`;
  return `Runtime exited with error: ${reason}`;
}

function describeSignal(signal: NodeJS.Signals): string {
  const descriptions: Partial<Record<NodeJS.Signals, string>> = {
    SIGABRT: 'aborted',
    SIGHUP: 'hangup',
    SIGINT: 'interrupt',
    SIGKILL: 'killed',
    SIGSEGV: 'segmentation fault',
    SIGTERM: 'terminated',
    SIGTRAP: 'trace/breakpoint trap',
  };
  return descriptions[signal] ?? signal;
}

function toPayload(errorType: string, errorMessage: string): string {
  return JSON.stringify({ errorType, errorMessage });
}
