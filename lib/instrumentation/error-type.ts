/**
 * `error.type`: the error's `name`, or its class's name when that is just `Error`.
 * Low in cardinality and the same in every build, since OneUptime groups exceptions by it.
 */
export function errorType(error: unknown): string {
  if (typeof error !== 'object' || error === null) return typeof error;
  try {
    const { name } = error as { name?: unknown };
    if (typeof name === 'string' && name !== '' && name !== 'Error') return name.slice(0, 80);
    const type: unknown = error.constructor;
    return typeof type === 'function' && type.name !== '' ? type.name.slice(0, 80) : 'Error';
  } catch {
    // A proxy or a getter that throws.
    return 'Error';
  }
}

/** What was thrown, as an Error whose fields can be read: tasks may throw anything. */
export function toError(thrown: unknown): Error {
  try {
    return thrown instanceof Error && isReadable(thrown) ? thrown : new Error(describe(thrown));
  } catch {
    return new Error(`A ${typeof thrown} that cannot be shown was thrown.`);
  }
}

/** Whether a span can record it: one odd error must not cost a whole export. */
function isReadable({ name, message, stack, code }: Error & { code?: unknown }): boolean {
  return (
    typeof name === 'string' &&
    typeof message === 'string' &&
    (stack === undefined || typeof stack === 'string') &&
    (code === undefined || typeof code === 'string' || typeof code === 'number')
  );
}

function describe(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null) return String(thrown);
  const { message } = thrown as { message?: unknown };
  return typeof message === 'string' ? message : toShortJson(thrown);
}

/** Values, and characters, of what was thrown that is no error: it may be as large as memory. */
const MAX_VALUES = 1_000;
const MAX_CHARACTERS = 1_000;

function toShortJson(thrown: object): string {
  let left = MAX_VALUES;
  const json = JSON.stringify(thrown, (_, value: unknown) => {
    left -= 1;
    return left >= 0 ? value : undefined;
  });
  return (json ?? 'undefined').slice(0, MAX_CHARACTERS);
}
