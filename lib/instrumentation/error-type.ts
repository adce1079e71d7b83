/**
 * `error.type`: the error's `name`, or its class's name when that is just `Error`.
 * Low in cardinality and the same in every build, since OneUptime groups exceptions by it.
 */
export function errorType(error: unknown): string {
  if (typeof error !== 'object' || error === null) return typeof error;
  const { name } = error as { name?: unknown };
  if (typeof name === 'string' && name !== '' && name !== 'Error') return name.slice(0, 80);
  const type: unknown = error.constructor;
  return typeof type === 'function' && type.name !== '' ? type.name : 'Error';
}

/** What was thrown, as an Error: tasks may throw anything. */
export function toError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  try {
    return new Error(typeof thrown === 'string' ? thrown : JSON.stringify(thrown));
  } catch {
    return new Error(`A ${typeof thrown} that cannot be shown was thrown.`);
  }
}
