import type { Metric, MetricStore } from '../cloudwatch/metric-store.ts';
import type { InstanceState } from './instance.ts';
import type { InvocationReport } from './invocation-report.ts';

/** AWS/Lambda of CloudWatch. A function that is not invoked has no metrics, as on AWS. */
export interface FunctionMetrics {
  /** An invocation is over. */
  countReport(report: InvocationReport): void;
  /** An invocation did not come about. */
  countRejection(functionName: string, error: Error): void;
  /** The function's instances may have become more, or fewer. */
  observe(functionName: string): void;
  stop(): void;
}

export interface FunctionMetricsOptions {
  store: MetricStore;
  functionNames: readonly string[];
  instances: (functionName: string) => readonly { readonly state: InstanceState }[];
  /** Epoch milliseconds. */
  now?: () => number;
}

const OBSERVE_MS = 1_000;
/** What a machine that was asleep does not make up for. */
const LONGEST_GAP_SECONDS = 60;

export function startFunctionMetrics(options: FunctionMetricsOptions): FunctionMetrics {
  const { store, functionNames, instances, now = Date.now } = options;
  const seen = new Map<string, { second: number; concurrency: number }>();

  /** Concurrency is what it was until it changes, so the seconds in between have the last value. */
  function observe(functionName: string): void {
    const second = Math.floor(now() / 1000);
    const concurrency = instances(functionName).filter(({ state }) => isOccupied(state)).length;
    const last = seen.get(functionName) ?? { second, concurrency: 0 };
    const put = (at: number, value: number) => {
      if (value > 0) store.put(concurrencyOf(functionName), value, at * 1000, 'Count');
    };
    const from = Math.max(last.second + 1, second - LONGEST_GAP_SECONDS);
    for (let at = from; at < second; at++) put(at, last.concurrency);
    put(second, concurrency);
    seen.set(functionName, { second, concurrency });
  }

  const timer = setInterval(() => functionNames.forEach(observe), OBSERVE_MS).unref();

  return {
    countReport({ functionName, status, startedAt, billedMs }) {
      const put = (name: string, value: number, unit: string) =>
        // Lambda puts an invocation where it began, however long it took.
        store.put(metric(name, functionName), value, startedAt, unit);
      put('Invocations', 1, 'Count');
      put('Errors', status === 'success' ? 0 : 1, 'Count');
      put('Throttles', 0, 'Count');
      put('Duration', billedMs, 'Milliseconds');
      // By then the instance is idle, or has its next invocation.
      setImmediate(() => observe(functionName));
    },
    countRejection(functionName, { name }) {
      if (name !== 'TooManyRequestsException') return;
      store.put(metric('Throttles', functionName), 1, now(), 'Count');
    },
    observe,
    stop: () => clearInterval(timer),
  };
}

function concurrencyOf(functionName: string): Metric {
  return metric('ConcurrentExecutions', functionName);
}

function metric(metricName: string, FunctionName: string): Metric {
  return { namespace: 'AWS/Lambda', metricName, dimensions: { FunctionName } };
}

function isOccupied(state: InstanceState): boolean {
  return state === 'starting' || state === 'busy';
}
