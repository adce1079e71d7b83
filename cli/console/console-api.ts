/**
 * What the console's page asks its server for, and gets. Everything is JSON below `/console/api/`.
 * Times are epoch milliseconds, durations milliseconds, unless a name says another unit. A key that
 * is absent is not known; it is never null.
 *
 * | request | answer |
 * |---|---|
 * | `GET settings` | `ConsoleSettings` |
 * | `GET overview` | `Overview` |
 * | `GET tasks` | `TaskList` |
 * | `GET runs?task=&queue=&state=&limit=&before=` | `RunList` |
 * | `GET runs/{id}` | `RunDetail` |
 * | `GET dead-letters/{queue}` | `DeadLetterList`; `?payload={messageId}` adds that one's payload |
 * | `POST dead-letters/{queue}/redrive` with `RedriveRequest` | `RedriveAnswer` |
 * | `POST dead-letters/{queue}/purge` with `PurgeRequest` | `PurgeAnswer` |
 * | `GET contracts` | `ContractList` |
 * | `POST enqueue` with `EnqueueRequest` | `EnqueueAnswer` |
 * | `GET events?topics=overview,tasks,runs` | server-sent events, below |
 *
 * `{queue}` and `{id}` are percent-encoded. A POST needs `content-type: application/json`, also
 * where it sends `{}`. Whatever is not answered 2xx is a `ConsoleProblem`: 400 a bad parameter or
 * body, 403 a request of another site, 404 not there (a run that was dropped, too), 409 it cannot
 * be done now, 413 a body over the limit, 415 a body that is not JSON, 422 a payload that its schema refuses, 502 what AWS
 * refused, 503 AWS did not answer.
 *
 * ## Server-sent events
 *
 * The name of an event is a key of `ConsoleEvents`, its data that type, its id what to resume
 * from. First open the stream, then ask for what is shown: the first event of a new stream is
 * `reset`, and whenever one comes later, the page asks for everything again (the events in between
 * are gone: the page was away for long, or too slow to read). After a `reset` nothing is missed:
 * an event that comes before the answer is only applied twice, and everything here can be.
 * A browser that reconnects by itself sends `Last-Event-ID`, and gets what it missed, or `reset`.
 */

/** An event's name and the type of its data. */
export interface ConsoleEvents {
  /** Ask for everything again. */
  reset: ResetEvent;
  /** Once a second on the local stack, every 5 s against AWS. */
  overview: OverviewUpdate;
  /** The rows that changed, at most once a second. */
  tasks: TaskUpdate;
  /** The runs that changed, the last state of each, at most every 250 ms. */
  runs: RunUpdate;
}

export type ConsoleTopic = 'overview' | 'tasks' | 'runs';

export interface ResetEvent {
  /** `new` stream; `missed`: the events since `Last-Event-ID` are gone; `slow`: some were not sent. */
  reason: 'new' | 'missed' | 'slow';
}

/** Every answer that is not 2xx. */
export interface ConsoleProblem {
  error: {
    /** Stable, e.g. `not_found`, `invalid_payload`, `foreign`, `access_denied`. */
    code: string;
    /** What is wrong and what to do, for people. */
    message: string;
    /** Of a payload that its schema refuses. */
    issues?: PayloadProblem[];
  };
}

export interface PayloadProblem {
  /** As in `items[0].name`; empty for the payload itself. */
  path: string;
  message: string;
}

// --- settings

export interface ConsoleSettings {
  source: 'local' | 'aws';
  /** Shown beside the name, as `local` or `dev in eu-central-1`. */
  title: string;
  /**
   * Whether tasks, runs and rates are known here. Where it is false their pages say that telemetry
   * is in OneUptime, and `tasks` and `runs` answer with nothing.
   */
  telemetry: boolean;
  /** Of another page that shows a trace, with `{traceId}` in it. @default there is none */
  traceUrl?: string;
  /** Where the telemetry is looked at, for a link. @default nothing to link to */
  telemetryUrl?: string;
  /** Names of the tasks that are known, sorted. */
  tasks: string[];
  /** Logical names of the queues that are known. */
  queues: string[];
  /** Of leadline. */
  version: string;
  /** The most runs that are kept; the oldest are dropped. */
  maxRuns: number;
}

// --- overview

export interface Overview {
  /** The server's clock. */
  at: number;
  queues: QueueCard[];
  /** Of all queues together. @default no telemetry */
  rates?: Rates;
  /** Why the queues could not be listed or read at all. */
  error?: string;
}

/** Of one queue: what SQS says, and who works on it. */
export interface QueueFigures {
  /** Logical. */
  name: string;
  sqsName: string;
  fifo: boolean;
  /** Messages that wait. */
  depth: number;
  inFlight: number;
  delayed: number;
  /** Messages in the dead-letter queue; 0 where there is none. */
  dead: number;
  /** Of the oldest message that waits. @default nothing waits, or nobody says */
  oldestAgeSeconds?: number;
  /** SQS name of the dead-letter queue. @default it has none */
  dlq?: string;
  workers: WorkerState[];
  /** When SQS was asked. 0 before the first answer: the figures are 0 then. */
  readAt: number;
  /** Why the last reading failed; the figures are those of `readAt`. */
  error?: string;
  /** @default no telemetry */
  rates?: Rates;
}

export interface QueueCard extends QueueFigures {
  /** Of the last 15 minutes, oldest first. */
  history: DepthPoint[];
}

/** Time, depth, in flight, dead. */
export type DepthPoint = [at: number, depth: number, inFlight: number, dead: number];

export interface WorkerState {
  functionName: string;
  /** Instances that run. @default nobody says */
  active?: number;
  /** Whether its event source mapping takes messages. @default nobody says */
  enabled?: boolean;
}

/** Of the attempts that ended in the last minute. */
export interface Rates {
  /** Attempts that ended, a second. */
  tasksPerSecond: number;
  /** 0 to 1, of the attempts that ended. */
  failureRate: number;
  /** @default nothing ended */
  p50Ms?: number;
  p95Ms?: number;
}

/** A queue that is not among `queues` is gone. A new one comes with its first point. */
export interface OverviewUpdate {
  at: number;
  queues: (QueueFigures & {
    /** To add to the history. @default nothing was read since the last one */
    point?: DepthPoint;
  })[];
  rates?: Rates;
  error?: string;
}

// --- tasks

export interface TaskList {
  at: number;
  /** Also those of the project that have not run: their counts are 0. */
  tasks: TaskRow[];
}

/** Counts are since the start of the stack. */
export interface TaskRow {
  task: string;
  queue: string;
  /** Attempts. */
  started: number;
  completed: number;
  /** Attempts that failed: `retried` and `dead`. */
  failed: number;
  retried: number;
  dead: number;
  /** Attempts that the end of their invocation cut off. */
  unfinished: number;
  /** Deliveries that were acknowledged without running: another one had completed. */
  duplicates?: number;
  revoked?: number;
  /** Of the last attempts, up to 1,000 in 15 minutes. @default none ended */
  duration?: { p50: number; p95: number; p99: number };
  /** Of the last runs, from when they could be taken to the first attempt. */
  wait?: { p50: number; p95: number };
  /** Attempts that ended per 15 s over 15 minutes, oldest first: 60 numbers, the last one still counts. */
  sparkline: number[];
  /** Of those, the ones that failed. */
  failedSparkline: number[];
  /** Of the last attempt. */
  lastAt?: number;
}

/** Rows to put in the place of those with the same `task`. */
export interface TaskUpdate {
  at: number;
  tasks: TaskRow[];
}

// --- runs

export type RunState =
  /** Sent, and no attempt of it is known to have begun. */
  | 'queued'
  | 'running'
  /** The last attempt failed or was cut off; another one comes. */
  | 'retrying'
  | 'completed'
  /** In the dead-letter queue. */
  | 'dead'
  | 'revoked'
  | 'expired';

export interface RunSummary {
  /** The task id: that of its message. */
  id: string;
  task: string;
  queue: string;
  state: RunState;
  /** Deliveries so far, also those before a redrive. 0 while it is queued. */
  attempts: number;
  enqueuedAt?: number;
  /** Of the first attempt. */
  startedAt?: number;
  /** Of the last attempt, once the run is at an end. */
  finishedAt?: number;
  /** From when it could be taken to the first attempt. */
  waitMs?: number;
  /** Of the last attempt that ended. */
  durationMs?: number;
  traceId?: string;
  /** Of the last attempt that failed. */
  error?: { type: string; message: string };
  /** The last time that something of it arrived. */
  updatedAt: number;
}

export interface RunQuery {
  task?: string;
  queue?: string;
  state?: RunState;
  /** 1 to 200. @default 50 */
  limit?: number;
  /** `next` of the answer before. */
  before?: string;
}

/** Newest first, by when they became known. */
export interface RunList {
  runs: RunSummary[];
  /** For `before`: there are older ones. */
  next?: string;
}

export interface RunUpdate {
  runs: RunSummary[];
}

export type AttemptOutcome =
  | 'running'
  | 'completed'
  | 'retry'
  | 'dead'
  | 'unfinished'
  | 'duplicate'
  | 'revoked'
  | 'expired';

export interface RunDetail extends RunSummary {
  attemptList: Attempt[];
  /** Oldest first. */
  logs: RunLog[];
  /** Of the trace that the run began in. @default it was not sampled, or is dropped by now */
  trace?: Trace;
  /** What was left out, for a line on the page. @default everything is here */
  truncated?: { logs?: number; attempts?: number };
}

export interface Attempt {
  /** From 1, as SQS counts: numbers may be missing where a delivery never reached the task. */
  attempt: number;
  outcome: AttemptOutcome;
  startedAt?: number;
  endedAt?: number;
  durationMs?: number;
  /** From the end of the attempt before (of the first: from the enqueue) to the start of this one. */
  delayBeforeMs?: number;
  /** What the worker chose for the delay before the next attempt. */
  delaySeconds?: number;
  error?: { type: string; message: string; stack?: string };
  spanId?: string;
  traceId?: string;
  functionName?: string;
}

export interface RunLog {
  time: number;
  level: 'debug' | 'info' | 'warn' | 'error';
  message: string;
  attributes: Record<string, AttributeJson>;
  attempt?: number;
  spanId?: string;
}

export type AttributeJson =
  | string
  | number
  | boolean
  | null
  | AttributeJson[]
  | { [key: string]: AttributeJson };

export interface Trace {
  traceId: string;
  /** By start; of those that start together parents first. At most 1,000. */
  spans: TraceSpan[];
  /** Messages on the queue with nobody working on them, by start. */
  waits: WaitSegment[];
  /** How many spans were left out. @default none */
  truncated?: number;
}

/** Where the time between two attempts, or before the first one, went. */
export interface WaitSegment {
  /** `redriven`: in the dead-letter queue, and then on the queue again. */
  kind: 'queue' | 'backoff' | 'redriven';
  startedAt: number;
  /** @default it still waits */
  endedAt?: number;
  /** The attempt that it was before, as SQS counts: from 1 again after a redrive. */
  attempt: number;
  taskId: string;
  queue: string;
  /** Of the attempt's span that follows. */
  spanId?: string;
}

export interface TraceSpan {
  spanId: string;
  /** @default it is a root, or its parent is somewhere else */
  parentSpanId?: string;
  name: string;
  kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  /** `service.name`, and the function's name where the resource has it. */
  service: string;
  functionName?: string;
  startedAt: number;
  endedAt: number;
  status: 'unset' | 'ok' | 'error';
  statusMessage?: string;
  attributes: Record<string, AttributeJson>;
  events: { name: string; time: number; attributes: Record<string, AttributeJson> }[];
  /** `queue`: it sends to or takes from one. `worker`: an attempt, and what is below it. */
  leg: 'http' | 'queue' | 'worker';
  /** Of the attempt that it belongs to. */
  taskId?: string;
  attempt?: number;
}

// --- dead letters

export interface DeadLetterList {
  queue: string;
  /** SQS name. */
  dlq: string;
  /** About how many there are. */
  total: number;
  /** The first ones that were read. */
  letters: DeadLetter[];
  /** Whether there are more than `letters`. */
  more: boolean;
}

export interface DeadLetter {
  messageId: string;
  /** @default its body cannot be read */
  id?: string;
  task?: string;
  /** Why it died, in a line, for people: its error, or `moved by SQS after 15 receives`. */
  reason: string;
  /** @default SQS moved it itself: its process died every time */
  error?: { type: string; message: string };
  attempts?: number;
  enqueuedAt?: number;
  failedAt?: number;
  traceId?: string;
  /** Only where it was asked for: the body's payload, or the body where it cannot be read. */
  payload?: unknown;
}

export interface RedriveRequest {
  /** `messageId`s. @default all of them */
  ids?: string[];
}

export interface RedriveAnswer {
  /** Sent back to their queue by the time of the answer. */
  redriven: number;
  /** SQS moves them by itself, and is not ready yet. */
  underWay?: boolean;
  /** Those that could not be, and why. They stay where they were. */
  failed: { messageId: string; message: string }[];
}

export interface PurgeRequest {
  /** The queue's name again: nothing is purged by mistake. */
  confirm: string;
}

export interface PurgeAnswer {
  /** About how many there were. */
  purged: number;
}

// --- enqueue

export interface ContractList {
  contracts: TaskContract[];
}

export interface TaskContract {
  task: string;
  queue: string;
  fifo: boolean;
  /** Whether `POST /tasks/{task}` takes it. The console enqueues the others, too. */
  http: boolean;
  maxAttempts: number;
  timeoutSeconds: number;
  /** JSON Schema (2020-12) of the payload. @default the schema cannot give one: edit JSON */
  schema?: Record<string, AttributeJson>;
  /** Payloads to begin with, the first one filled into the form. At least one. */
  samples: { name: string; payload: AttributeJson }[];
}

export interface EnqueueRequest {
  task: string;
  payload: unknown;
  /** Of a FIFO queue. @default `console` */
  groupId?: string;
}

export interface EnqueueAnswer {
  /** Of the run. It is among the runs as soon as its telemetry arrives, and `runs/{id}` answers at once. */
  id: string;
  task: string;
  queue: string;
  traceId?: string;
}
