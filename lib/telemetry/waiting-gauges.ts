/** One value at one time. */
export interface Gauge {
  name: string;
  unit: string;
  description: string;
  value: number;
  attributes: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  timeMs: number;
}

/** Gauges between two flushes. */
export interface WaitingGauges {
  add(gauges: readonly Gauge[]): void;
  /** Hands each out once. */
  take(): Gauge[];
}

/** What may wait for a flush: a run over 1,000 queues makes 60,000 at the most. */
const CAPACITY = 100_000;

export function createWaitingGauges(onDropped: (gauges: number) => void): WaitingGauges {
  let waiting: Gauge[] = [];
  return {
    add(gauges) {
      waiting = [...waiting, ...gauges];
      const over = waiting.length - CAPACITY;
      if (over <= 0) return;
      waiting = waiting.slice(over);
      onDropped(over);
    },
    take() {
      const gauges = waiting;
      waiting = [];
      return gauges;
    },
  };
}
