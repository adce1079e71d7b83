import type { LastExport } from '../instrumentation/telemetry-handle.ts';
import type { CheckResult } from './check-result.ts';

/** For information: the answer's status does not depend on it. */
export function checkTelemetry(last: LastExport | undefined): CheckResult {
  if (last === undefined) return { status: 'unknown', reason: 'Nothing was exported yet.' };
  const last_export = new Date(last.timeMs).toISOString();
  return last.failure === undefined
    ? { status: 'healthy', last_export }
    : { status: 'unhealthy', reason: last.failure, last_export };
}
