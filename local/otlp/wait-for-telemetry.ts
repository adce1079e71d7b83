import type { TelemetryStore, WaitOptions } from './telemetry-store.ts';

/** `TelemetryStore.waitFor`. */
export function waitForTelemetry<T>(
  store: TelemetryStore,
  predicate: (store: TelemetryStore) => T | undefined | false,
  options: WaitOptions = {},
): Promise<T> {
  const { timeoutMs = 10_000, describe = 'a condition on the telemetry' } = options;
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void) => {
      clearTimeout(timer);
      unsubscribe();
      finish();
    };
    const evaluate = () => {
      try {
        const value = predicate(store);
        if (value !== undefined && value !== false) settle(() => resolve(value));
      } catch (error) {
        settle(() => reject(error));
      }
    };
    const timer = setTimeout(() => {
      const arrived = summarize(store);
      settle(() =>
        reject(new Error(`Waited ${timeoutMs} ms for ${describe}. What did arrive: ${arrived}`)),
      );
    }, timeoutMs);
    const unsubscribe = store.subscribe(evaluate);
    evaluate();
  });
}

function summarize(store: TelemetryStore): string {
  return [
    countByName(
      'spans',
      store.spans().map(({ name, traceId }) => `${name} of trace ${traceId}`),
    ),
    countByName(
      'points',
      store.points().map(({ metric }) => metric),
    ),
    countByName(
      'logs',
      store.logs().map(({ body }) => JSON.stringify(body)),
    ),
  ].join('; ');
}

const maxNames = 20;

function countByName(kind: string, names: string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const listed = [...counts]
    .slice(0, maxNames)
    .map(([name, count]) => (count === 1 ? name : `${name} ×${count}`));
  if (counts.size > maxNames) listed.push(`and ${counts.size - maxNames} more names`);
  return `${names.length} ${kind}${names.length === 0 ? '' : ` (${listed.join(', ')})`}`;
}
