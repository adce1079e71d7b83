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

/** One value at one time, which the time of its export does not change. */
export interface Gauge {
  name: string;
  unit: string;
  description: string;
  value: number;
  attributes: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  timeMs: number;
}

/** What takes gauges that were read elsewhere; they leave with the next flush. */
export interface GaugeTelemetry extends TelemetryHandle {
  /** How the last export of the gauges ended. @default not known: none was made */
  lastExport?(signal: 'metrics'): LastExport | undefined;
  addGauges(gauges: readonly Gauge[]): void;
}

/** The last export of this instance. */
export interface LastExport {
  /** Milliseconds since 1970. */
  timeMs: number;
  /** Why the backend did not take it. @default it did */
  failure?: string;
}

/** What knows how its exports went. */
export interface HealthTelemetry extends TelemetryHandle {
  /** Nothing before the first export. */
  lastExport(): LastExport | undefined;
}
