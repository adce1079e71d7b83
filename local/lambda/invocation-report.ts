/** What Lambda's REPORT log line says about one invocation. Times are in milliseconds. */
export interface InvocationReport {
  functionName: string;
  requestId: string;
  instanceId: string;
  /** The instance was started for this invocation. */
  coldStart: boolean;
  /** From the start of the process to the end of init (or its failure). Cold starts only. */
  initMs?: number;
  /** Event handed over → response posted; where none was, until the end. 0 when init failed. */
  responseMs: number;
  /** Event handed over → the runtime and every extension have asked for the next. 0 when init failed. */
  billedMs: number;
  /** Peak resident memory of the instance so far, in MiB. Linux only. */
  maxMemoryMb?: number;
  /** `timeout` and `exit` say how the instance ended, even if a response had been posted before. */
  status: 'success' | 'error' | 'timeout' | 'exit';
  /** Epoch milliseconds at which the event was handed over; when init failed, at which it failed. */
  startedAt: number;
}
