/** A queue's counts; none given are 0. */
export interface StandInQueue {
  visible?: number;
  inFlight?: number;
  delayed?: number;
  /** SQS name, for its RedrivePolicy. */
  deadLetterQueue?: string;
  /** SQS names, for its RedriveAllowPolicy `byQueue`. */
  deadLettersOf?: readonly string[];
  /** Over all of the above. */
  attributes?: Record<string, string>;
}

export interface StandInMapping {
  uuid: string;
  queue: string;
  worker: string;
  /** @default 'Enabled' */
  state?: string;
}

/** One query of GetMetricData. */
export interface AskedMetric {
  metric: string;
  /** The queue or the function. */
  of: string;
  stat: string;
  fromMs: number;
  toMs: number;
  periodMs: number;
}

export interface Point {
  timeMs: number;
  value: number;
}

/** What there is; a test sets it and changes it as it likes. */
export interface AwsWorld {
  /** By SQS name. */
  queues: Map<string, StandInQueue>;
  mappings: StandInMapping[];
  /** State by name. */
  functions: Map<string, string>;
  parameters: Map<string, string>;
  /** Sizes of pages, AWS's own unless a test lowers them. */
  pages: { queues: number; mappings: number; points: number };
  /** What CloudWatch has; what is outside of the time asked for is left out. */
  metrics: { datapoints: (asked: AskedMetric) => readonly Point[] };
}

export function createAwsWorld(): AwsWorld {
  return {
    queues: new Map(),
    mappings: [],
    functions: new Map(),
    parameters: new Map(),
    pages: { queues: 1_000, mappings: 100, points: 100_800 },
    metrics: { datapoints: () => [] },
  };
}

/** A point of that value for each period of the time asked for. */
export function everyPeriod(value: number | ((timeMs: number) => number)) {
  return ({ fromMs, toMs, periodMs }: AskedMetric): Point[] => {
    const points: Point[] = [];
    for (let timeMs = Math.ceil(fromMs / periodMs) * periodMs; timeMs < toMs; timeMs += periodMs) {
      points.push({ timeMs, value: typeof value === 'number' ? value : value(timeMs) });
    }
    return points;
  };
}
