import { writeSync } from 'node:fs';

/** Says something about the telemetry itself, in the form of a log line. */
export type Warn = (message: string) => void;

const INTERVAL_MS = 60_000;

/** At most one warning a minute: a backend that is down is one fact, not one a task. */
export function createRateLimitedWarn(service: string, now: () => number = Date.now): Warn {
  let last = Number.NEGATIVE_INFINITY;
  return (message) => {
    if (now() - last < INTERVAL_MS) return;
    last = now();
    writeWarning(service, message);
  };
}

/** One WARN line on stdout, beside the log's. */
export function writeWarning(service: string, message: string): void {
  const line = { timestamp: new Date().toISOString(), level: 'WARN', message, service };
  try {
    writeSync(1, `${JSON.stringify(line)}\n`);
  } catch {
    // Nobody reads stdout: nobody to warn.
  }
}
