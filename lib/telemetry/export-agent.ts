import type { Agent, ClientRequest, IncomingMessage } from 'node:http';

/** What happened to the attempts of one signal's export. One export runs at a time. */
export interface ExportWatch {
  /** Status of the last answer; undefined when there was none. */
  lastStatus?: number;
  /** What the last 2xx answer said, at most 64 KB of it. */
  lastBody?: Buffer;
  /** Whether a used connection ended before any byte of an answer: the backend took nothing. */
  deadSocket?: boolean;
  /** Whether the exporter could not serialize the items: nothing was sent, for one of them perhaps. */
  unserialized?: boolean;
  /** Whether the exporter's code could not be loaded: nothing was sent. */
  unloaded?: boolean;
  /** Whether the bytes of the current request have been handed to the kernel. */
  written?: boolean;
  /** Called when they have. */
  onWritten?: () => void;
}

/** Forgets the last attempt, so that nothing of it is taken for the next one's. */
export function resetWatch(watch: ExportWatch): void {
  delete watch.lastStatus;
  delete watch.lastBody;
  delete watch.deadSocket;
  delete watch.unserialized;
  delete watch.unloaded;
  delete watch.written;
}

export interface ExportAgentOptions {
  watch: ExportWatch;
  /** Names, in lower case, of the headers that are sent beside those of every request. */
  headerNames: ReadonlySet<string>;
  /** An attempt is ended after this. @default 2_000 */
  attemptTimeoutMs?: number;
}

/** A socket that lay idle longer may have died in a freeze, which is noticed only when it is used. */
const MAX_IDLE_MS = 5_000;
const MAX_BODY_BYTES = 64 * 1024;
const EVERY_REQUEST = new Set([
  'host',
  'connection',
  'content-type',
  'content-encoding',
  'content-length',
  'transfer-encoding',
  'user-agent',
]);
/** The code of errors after which nothing is sent again; the exporter does not know it. */
const NOT_SENT_AGAIN = 'ERR_EXPORT_NOT_SENT_AGAIN';
export const EXPORT_TIMEOUT = 'ERR_EXPORT_TIMEOUT';

/** Node's Agent with the method through which it takes its requests. */
interface AgentWithRequests extends Agent {
  addRequest(request: ClientRequest, ...rest: unknown[]): void;
}

/**
 * The HTTP agent of OpenTelemetry's exporters, through their documented `httpAgentOptions`. What
 * the exporters leave open is decided here: how long an attempt takes in all, which errors are
 * sent again (OneUptime counts a resend twice), and which idle connections are used again.
 */
export function createExportAgentFactory(
  options: ExportAgentOptions,
): (protocol: string) => Promise<Agent> {
  return async (protocol) => {
    const http = protocol === 'https:' ? await import('node:https') : await import('node:http');
    const agent = new http.Agent({ keepAlive: true, maxSockets: 2 }) as AgentWithRequests;
    const addRequest = agent.addRequest.bind(agent);
    agent.addRequest = (request, ...rest) => {
      dropIdleSockets(agent);
      watchRequest(request, options);
      addRequest(request, ...rest);
    };
    agent.on('free', (socket: { idleSince?: number }) => {
      socket.idleSince = Date.now();
    });
    return agent;
  };
}

/** By the wall clock: no timer runs while the instance is frozen. */
function dropIdleSockets(agent: Agent): void {
  for (const sockets of Object.values(agent.freeSockets)) {
    for (const socket of [...(sockets ?? [])]) {
      const { idleSince = 0 } = socket as { idleSince?: number };
      if (Date.now() - idleSince > MAX_IDLE_MS) socket.destroy();
    }
  }
}

function watchRequest(request: ClientRequest, options: ExportAgentOptions): void {
  const { watch, attemptTimeoutMs = 2_000, headerNames } = options;
  resetWatch(watch);
  // The exporters add those of process.env's OTEL_EXPORTER_OTLP_HEADERS by themselves, wherever the
  // request goes: what the settings of this signal do not name stays here.
  for (const name of request.getHeaderNames()) {
    if (!EVERY_REQUEST.has(name) && !headerNames.has(name)) request.removeHeader(name);
  }
  Object.assign(request, {
    ...sendWhole(request),
    // The exporter's own timer cannot tell a freeze from a silent backend.
    setTimeout: () => request,
  });
  let answered = false;
  const stopTimer = startAttemptTimer(attemptTimeoutMs, () => {
    request.destroy(
      Object.assign(new Error('The attempt took too long.'), { code: EXPORT_TIMEOUT }),
    );
  });
  request.on('finish', () => {
    watch.written = true;
    watch.onWritten?.();
  });
  request.on('close', stopTimer);
  request.on('response', (response) => {
    answered = true;
    collect(response, watch);
  });
  // Before the exporter's own listener, which sends again by the error's code.
  request.on('error', (error: NodeJS.ErrnoException) => {
    const neverSent = error.code === 'ECONNREFUSED';
    watch.deadSocket = request.reusedSocket && !answered && isEnded(error);
    if (neverSent || watch.deadSocket || error.code === EXPORT_TIMEOUT) return;
    Object.assign(error, { reason: error.code, code: NOT_SENT_AGAIN });
  });
}

/**
 * The exporters pipe a body that they have whole. Ended with it, a request has a Content-Length and
 * leaves in one write instead of three chunks.
 *
 * Methods in a literal, as everything that a request is given: a function expression assigned to a
 * property is put into V8's old generation, and would keep the body until a full collection.
 */
function sendWhole(request: ClientRequest): Pick<ClientRequest, 'write' | 'end'> {
  const chunks: Buffer[] = [];
  const end = request.end.bind(request) as (body: Buffer) => ClientRequest;
  return {
    write: (chunk: Buffer) => chunks.push(chunk) > 0,
    end: () => end(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)),
  };
}

function isEnded({ code }: NodeJS.ErrnoException): boolean {
  return code === 'ECONNRESET' || code === 'EPIPE';
}

function collect(response: IncomingMessage, watch: ExportWatch): void {
  const { statusCode } = response;
  if (statusCode !== undefined) watch.lastStatus = statusCode;
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  });
  response.on('end', () => {
    if (statusCode !== undefined && statusCode < 300) watch.lastBody = Buffer.concat(chunks);
  });
}

/** How late a timer has to be for the instance to have been frozen, and what it gets then. */
const FROZEN_MS = 100;
const AFTER_FREEZE_MS = 500;

/**
 * A timer that gives an answer its chance after a freeze: timers that came due meanwhile fire
 * before the sockets are read.
 */
function startAttemptTimer(timeoutMs: number, onTimeout: () => void): () => void {
  let timer: NodeJS.Timeout;
  const start = (ms: number) => {
    const dueAt = Date.now() + ms;
    timer = setTimeout(() => {
      if (Date.now() - dueAt < FROZEN_MS) onTimeout();
      else start(AFTER_FREEZE_MS);
    }, ms);
  };
  start(timeoutMs);
  return () => clearTimeout(timer);
}
