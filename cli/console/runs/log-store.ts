import type { RunLog } from '../console-api.ts';
import { textSize } from './cut-text.ts';
import { attributesSize } from './trace-store.ts';

/** Whose log records they are. */
export interface LogOwner {
  logs: RunLog[];
  droppedLogs: number;
}

/** The log records of all runs, bounded by run, in number and in bytes. */
export interface LogStore {
  add(owner: LogOwner, log: RunLog): void;
  size(): { logs: number; bytes: number };
}

export interface LogStoreOptions {
  /** Of all runs. @default 50_000 */
  maxLogs?: number;
  /** Estimated. @default 32 MiB */
  maxBytes?: number;
}

const MAX_LOGS_OF_RUN = 200;

interface Kept {
  owner: LogOwner;
  log: RunLog;
  bytes: number;
}

export function createLogStore(options: LogStoreOptions = {}): LogStore {
  const { maxLogs = 50_000, maxBytes = 32 * 1024 * 1024 } = options;
  // A ring: the oldest record makes room for the newest, whosever it is.
  const ring: (Kept | undefined)[] = new Array(maxLogs);
  let oldest = 0;
  let count = 0;
  let bytes = 0;

  const dropOldest = () => {
    const kept = ring[oldest] as Kept;
    ring[oldest] = undefined;
    oldest = (oldest + 1) % maxLogs;
    count -= 1;
    bytes -= kept.bytes;
    // A run that had too many may have lost it before.
    if (kept.owner.logs[0] !== kept.log) return;
    kept.owner.logs.shift();
    kept.owner.droppedLogs += 1;
  };

  return {
    add(owner, log) {
      const size = 256 + textSize(log.message) + attributesSize(log.attributes);
      while (count > 0 && (count >= maxLogs || bytes + size > maxBytes)) dropOldest();
      ring[(oldest + count) % maxLogs] = { owner, log, bytes: size };
      count += 1;
      bytes += size;
      owner.logs.push(log);
      if (owner.logs.length <= MAX_LOGS_OF_RUN) return;
      owner.logs.shift();
      owner.droppedLogs += 1;
    },
    size: () => ({ logs: count, bytes }),
  };
}
