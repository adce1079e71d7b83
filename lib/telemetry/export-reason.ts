/** Why an export was given up, low in cardinality: `http_401`, `ECONNREFUSED`, `timeout`, `error`. */
export function toReason(error: unknown): string {
  const { cause } = error as { cause?: { code?: unknown; message?: unknown } };
  const code = cause?.code;
  if (typeof code === 'number') return `http_${code}`;
  if (typeof code === 'string') return code;
  return cause?.message === 'Request timed out' ? 'timeout' : 'error';
}
