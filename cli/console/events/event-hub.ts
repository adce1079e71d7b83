import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ConsoleEvents, ConsoleTopic, ResetEvent } from '../console-api.ts';

/**
 * Server-sent events to whoever listens. What a listener does not read is not kept for it beyond a
 * bound: it is told to ask for everything again when it reads on.
 */
export interface EventHub {
  /** Takes the response over. Answers false, and does nothing, when there are too many listeners. */
  connect(
    request: IncomingMessage,
    response: ServerResponse,
    topics: ReadonlySet<ConsoleTopic>,
  ): boolean;
  publish<Topic extends ConsoleTopic>(topic: Topic, data: ConsoleEvents[Topic]): void;
  /** Or listened a moment ago, and may come back. */
  hasListeners(topic: ConsoleTopic): boolean;
  /** Ends all streams. */
  close(): void;
}

export interface EventHubOptions {
  /** Bytes that may wait for one listener. @default 256 KiB */
  maxBufferedBytes?: number;
  /** Bytes of events that are kept for those who come back. @default 1 MiB */
  maxReplayBytes?: number;
  /** @default 50 */
  maxListeners?: number;
  /** Called when somebody begins to listen. */
  onConnect?: (topics: ReadonlySet<ConsoleTopic>) => void;
}

interface Listener {
  response: ServerResponse;
  topics: ReadonlySet<ConsoleTopic>;
  /** Written, and not taken by the system yet. */
  pendingBytes: number;
  /** Events were left out. */
  slow: boolean;
}

interface Sent {
  sequence: number;
  topic: ConsoleTopic;
  text: string;
}

/** Proxies and browsers give a silent connection up. */
const HEARTBEAT_MS = 15_000;
const RETRY_MS = 1_000;
/** Events go on for so long without anybody listening: a page that reconnects has missed nothing. */
const GRACE_MS = 10_000;

export function createEventHub(options: EventHubOptions = {}): EventHub {
  const { maxBufferedBytes = 256 * 1024, maxReplayBytes = 1024 * 1024 } = options;
  const { maxListeners = 50, onConnect = () => {} } = options;
  // Numbers of another process mean other events.
  const epoch = randomBytes(4).toString('hex');
  const listeners = new Set<Listener>();
  let sent: Sent[] = [];
  let sentBytes = 0;
  let sequence = 0;
  let heartbeat: NodeJS.Timeout | undefined;
  let absent: { topics: ReadonlySet<ConsoleTopic>; timer: NodeJS.Timeout } | undefined;
  let closed = false;

  const format = (name: string, data: string) =>
    `id: ${epoch}-${sequence}\nevent: ${name}\ndata: ${data}\n\n`;
  const reset = (reason: ResetEvent['reason']) => format('reset', JSON.stringify({ reason }));
  const write = (listener: Listener, text: string) => {
    if (listener.slow) return;
    // What is longer than the bound by itself goes to whoever has read all.
    if (listener.pendingBytes > 0 && listener.pendingBytes + text.length > maxBufferedBytes) {
      listener.slow = true;
      return;
    }
    listener.pendingBytes += text.length;
    // Not 'drain': that comes only after more than the stream's own bound, which is Node's to choose.
    listener.response.write(text, () => {
      listener.pendingBytes -= text.length;
      if (!listener.slow || listener.pendingBytes > 0) return;
      listener.slow = false;
      write(listener, reset('slow'));
    });
  };
  const keep = (event: Sent) => {
    sent.push(event);
    sentBytes += event.text.length;
    if (sentBytes <= maxReplayBytes) return;
    // In one go, and not at every event.
    let first = 0;
    for (; sentBytes > maxReplayBytes / 2 && first < sent.length; first += 1) {
      sentBytes -= (sent[first] as Sent).text.length;
    }
    sent = sent.slice(first);
  };
  /** What was missed, or undefined when it is not known any more. */
  const missed = (lastEventId: string | undefined): Sent[] | undefined => {
    const [, from, number] = /^([0-9a-f]{8})-(\d{1,15})$/.exec(lastEventId ?? '') ?? [];
    const last = Number(number);
    if (from !== epoch || last > sequence) return undefined;
    if (last < sequence && (sent[0]?.sequence ?? Number.POSITIVE_INFINITY) > last + 1) {
      return undefined;
    }
    return sent.filter((event) => event.sequence > last);
  };
  const beat = () => {
    for (const listener of listeners) write(listener, ':\n\n');
  };
  const forget = () => {
    absent = undefined;
    clearInterval(heartbeat);
    heartbeat = undefined;
    sent = [];
    sentBytes = 0;
    // From here on nothing is published: whoever comes back has to ask for everything.
    sequence += 1;
  };
  const remove = (listener: Listener) => {
    listeners.delete(listener);
    if (listeners.size > 0 || closed) return;
    absent = { topics: listener.topics, timer: setTimeout(forget, GRACE_MS).unref() };
  };

  return {
    connect(request, response, topics) {
      if (listeners.size >= maxListeners) return false;
      const listener: Listener = { response, topics, pendingBytes: 0, slow: false };
      response.on('error', () => {});
      response.on('close', () => remove(listener));
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
      response.write(`retry: ${RETRY_MS}\n\n`);
      const header = request.headers['last-event-id'];
      const lastEventId = typeof header === 'string' ? header : undefined;
      const events = missed(lastEventId);
      listeners.add(listener);
      clearTimeout(absent?.timer);
      absent = undefined;
      if (events === undefined) write(listener, reset(lastEventId ? 'missed' : 'new'));
      for (const { topic, text } of events ?? []) if (topics.has(topic)) write(listener, text);
      heartbeat ??= setInterval(beat, HEARTBEAT_MS).unref();
      onConnect(topics);
      return true;
    },
    publish(topic, data) {
      if (listeners.size === 0 && absent === undefined) return;
      sequence += 1;
      const text = format(topic, JSON.stringify(data));
      keep({ sequence, topic, text });
      for (const listener of listeners) if (listener.topics.has(topic)) write(listener, text);
    },
    hasListeners: (topic) =>
      (absent?.topics.has(topic) ?? false) ||
      [...listeners].some(({ topics }) => topics.has(topic)),
    close() {
      closed = true;
      clearTimeout(absent?.timer);
      for (const { response } of [...listeners]) response.end();
      clearInterval(heartbeat);
    },
  };
}
