import type { RunLog } from '../console-api.ts';
import type { FeedLog } from '../telemetry-feed.ts';
import { cutText } from './cut-text.ts';
import { cutAttributes, toMs } from './trace-store.ts';

const MAX_MESSAGE = 8_192;
/** The page knows them from the run and its attempt. */
const OF_RUN: ReadonlySet<string> = new Set(['task.id', 'task.name', 'task.attempt', 'queue.name']);

export function toRunLog(log: FeedLog): RunLog {
  const { body, attributes, spanId, severityNumber } = log;
  const attempt = Number(attributes['task.attempt']);
  const own = Object.entries(attributes).filter(([key]) => !OF_RUN.has(key));
  const message = typeof body === 'string' ? body : JSON.stringify(body);
  return {
    time: toMs(log.timeUnixNano),
    level: levelOf(severityNumber),
    message: cutText(message, MAX_MESSAGE),
    attributes: cutAttributes(Object.fromEntries(own)),
    ...(attempt > 0 && { attempt }),
    ...(spanId !== undefined && { spanId }),
  };
}

/** https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber */
function levelOf(severityNumber: number): RunLog['level'] {
  if (severityNumber >= 17) return 'error';
  if (severityNumber >= 13) return 'warn';
  if (severityNumber >= 9 || severityNumber === 0) return 'info';
  return 'debug';
}
