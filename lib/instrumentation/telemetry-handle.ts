import type { LogLevel } from './log.ts';

/** How the spans of a consumer hang together: docs/telemetry.md, span `process <queue>`. */
export type TraceMode = 'parent' | 'link';

/** One invocation as the flush needs to know it. */
export interface FlushRequest {
  /** The invocation's AWS request id. */
  requestId: string;
  /** Milliseconds until the invocation's timeout: a flush never outlives it. */
  remainingMs: number;
}

/** What the legs need of `startTelemetry`'s result; anything of this shape will do. */
export interface TelemetryHandle {
  readonly serviceName: string;
  readonly logLevel: LogLevel;
  readonly traceMode: TraceMode;
  /** Milliseconds that a flush may hold the response back: 0 where it comes after the response. */
  readonly flushBeforeResponseMs: number;
  /** Takes the log's lines. @default one synchronous write to stdout */
  readonly writeLog?: (line: string) => void;
  /** Calls back at SIGTERM, before the last flush. */
  onShutdown(callback: () => void | Promise<void>): void;
  /** Sends what there is. Never rejects, and never takes longer than its bound. */
  flush(request: FlushRequest): Promise<void>;
}
