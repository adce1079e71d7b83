import { createCallLimit, createReadLimits } from '../../../lib/queues/call-limit.ts';
import { createListQueues } from '../../../lib/queues/list-queues.ts';
import { readQueues } from '../../../lib/queues/read-queues.ts';
import type { QueueReading } from '../../../lib/queues/resolve-redrive.ts';
import type { DepthPoint, QueueCard, QueueFigures } from '../console-api.ts';
import type { ConsoleSource } from '../console-source.ts';
import { createDepthHistory, type DepthHistory } from './depth-history.ts';
import { describeAwsError, describeReading } from './describe-reading.ts';
import { isMappingEnabled, readWorkerFigures, type WorkerFigures } from './worker-figures.ts';

/** One reading of all queues. */
export interface QueuesReading {
  at: number;
  queues: (QueueFigures & { point?: DepthPoint })[];
  error?: string;
}

export interface QueueMonitor {
  /** With their histories; read now when the last reading is older than the pace of a page that is open. */
  cards(): Promise<{ queues: QueueCard[]; error?: string }>;
  /** The queues as SQS has them now. @throws what SQS answers */
  readings(): Promise<QueueReading[]>;
  /** Somebody has begun to look: reads at once, and goes on at that pace. */
  wake(): void;
  stop(): void;
}

export interface QueueMonitorOptions {
  source: ConsoleSource;
  isWatched: () => boolean;
  onReading: (reading: QueuesReading) => void;
}

/** Reads the queues of a source at its pace, and keeps 15 minutes of their depths. */
export function createQueueMonitor(options: QueueMonitorOptions): QueueMonitor {
  const { source, isWatched, onReading } = options;
  const { clients, pace, queueNames } = source;
  const limits = createReadLimits();
  const lambdaLimit = createCallLimit({ concurrency: 3, perSecond: 5 });
  const listQueues = createListQueues({
    source: source.queues,
    clients,
    limit: limits.sqs,
    onProblem: () => {},
  });
  const histories = new Map<string, DepthHistory>();
  const enabled = new Map<string, boolean | undefined>();
  let figures = new Map<string, WorkerFigures>();
  let latest: QueuesReading = { at: 0, queues: [] };
  let figuresAt = 0;
  let workersAt = 0;
  let reading: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const readings = async () => {
    const { queues } = await listQueues();
    const all = await readQueues(queues, clients, { limit: limits.sqs });
    return queueNames ? all.filter(({ name }) => queueNames.includes(name)) : all;
  };
  /** Beside the readings, which do not wait for it. */
  const readFigures = async (queues: readonly QueueReading[]) => {
    figuresAt = Date.now();
    // Without CloudWatch, or its client, there is the rest.
    figures = await readWorkerFigures(queues.map(toFigureQueue), clients, limits, pace).catch(
      () => new Map<string, WorkerFigures>(),
    );
  };
  const readWorkers = async (queues: readonly QueueReading[]) => {
    workersAt = Date.now();
    await Promise.all(
      queues.map(async ({ name, mapping }) => {
        if (mapping === undefined) return;
        enabled.set(name, await isMappingEnabled(mapping, clients, lambdaLimit));
      }),
    );
  };
  const readOnce = async () => {
    try {
      const read = await readings();
      const now = Date.now();
      if (isWatched() && now - figuresAt >= pace.figuresMs) void readFigures(read);
      if (isWatched() && now - workersAt >= pace.workersMs) void readWorkers(read);
      const before = new Map(latest.queues.map((queue) => [queue.name, queue]));
      const queues = read.map((each) => {
        const { name } = each;
        const known = {
          before: before.get(name),
          figures: figures.get(name),
          enabled: enabled.get(name),
        };
        const described = describeReading(each, known, now);
        return described.readAt === now ? { ...described, point: addPoint(described) } : described;
      });
      const names = new Set(queues.map(({ name }) => name));
      for (const name of histories.keys()) if (!names.has(name)) histories.delete(name);
      latest = { at: now, queues };
    } catch (error) {
      const queues = latest.queues.map(({ point: _, ...queue }) => queue);
      latest = { at: Date.now(), queues, error: describeAwsError(error) };
    }
    if (!stopped) onReading(latest);
  };
  const addPoint = ({ name, readAt, depth, inFlight, dead }: QueueFigures): DepthPoint => {
    const point: DepthPoint = [readAt, depth, inFlight, dead];
    const history = histories.get(name) ?? createDepthHistory();
    histories.set(name, history);
    history.add(point);
    return point;
  };
  const plan = () => {
    const { idleMs } = pace;
    const waitMs = isWatched() ? pace.activeMs : idleMs;
    clearTimeout(timer);
    if (stopped || waitMs === undefined) return;
    timer = setTimeout(() => void read(), Math.max(0, latest.at + waitMs - Date.now())).unref();
  };
  const read = () => {
    reading ??= readOnce().finally(() => {
      reading = undefined;
      plan();
    });
    return reading;
  };
  // Not at once: a stack that starts has other things to do.
  if (pace.idleMs !== undefined) timer = setTimeout(() => void read(), pace.idleMs).unref();

  return {
    async cards() {
      if (Date.now() - latest.at >= pace.activeMs) await read();
      const now = Date.now();
      const queues = latest.queues.map(({ point: _, ...queue }) => ({
        ...queue,
        history: histories.get(queue.name)?.points(now) ?? [],
      }));
      return { queues, ...(latest.error !== undefined && { error: latest.error }) };
    },
    readings,
    wake: plan,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

function toFigureQueue({ name, sqsName, worker, own }: QueueReading) {
  const { visible = 0, inFlight = 0 } = 'attributes' in own ? own.attributes : {};
  return { name, sqsName, ...(worker && { worker }), visible, busy: visible + inFlight > 0 };
}
