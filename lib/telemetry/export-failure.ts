import { ExportFailed } from '../errors/export-failed.ts';
import { EXPORT_TIMEOUT, type ExportWatch } from './export-agent.ts';

/** What a failed export means for its data. */
export interface ExportFailure {
  /** Low in cardinality: `http_401`, `ECONNREFUSED`, `timeout`, `token`. */
  reason: string;
  /**
   * Whether the backend surely took nothing. Everything else is given up: OneUptime counts what
   * is sent again twice.
   */
  notTaken: boolean;
  /**
   * Whether one item may be all that is wrong: too large for the backend, or nothing that the
   * exporter can serialize. Nothing was taken, and the halves may be.
   */
  divisible: boolean;
}

const TOO_LARGE = 413;
const NOT_TAKEN_STATUS = new Set([429, 502, 503, 504]);
/** No byte was sent. */
const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** @param canRefreshToken whether a 401 may pass with another token. */
export function explainFailure(
  error: unknown,
  watch: ExportWatch,
  canRefreshToken: () => boolean,
): ExportFailure {
  const { lastStatus: status } = watch;
  if (status !== undefined && status >= 300) {
    const notTaken = NOT_TAKEN_STATUS.has(status) || (status === 401 && canRefreshToken());
    return { reason: `http_${status}`, notTaken, divisible: status === TOO_LARGE };
  }
  const { cause } = error as { cause?: { code?: unknown; reason?: unknown } };
  const code = cause?.reason ?? cause?.code;
  if (code === EXPORT_TIMEOUT) return { reason: 'timeout', notTaken: false, divisible: false };
  if (typeof code === 'string') {
    const notTaken = NOT_SENT.has(code) || watch.deadSocket === true || watch.unloaded === true;
    return { reason: code, notTaken, divisible: false };
  }
  // Its own message says that the token could not be read: nothing has been sent.
  if (error instanceof ExportFailed && error.message.startsWith('The token')) {
    return { reason: 'token', notTaken: true, divisible: false };
  }
  return { reason: 'error', notTaken: false, divisible: watch.unserialized === true };
}
