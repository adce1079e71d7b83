/** As much of a result as is kept: what is larger belongs into a bucket, and its key is the result. */
const MAX_RESULT_BYTES = 65_536;

/** A result as it is kept, or why it is not. */
export type ResultJson = { json?: string } | { error: { type: string; message: string } };

export function encodeResult(value: unknown): ResultJson {
  let json: string | undefined;
  try {
    json = JSON.stringify(value);
  } catch (error) {
    const message = `The result is not JSON: ${describe(error)}`;
    return { error: { type: 'ResultNotJson', message } };
  }
  if (json === undefined) return {};
  const bytes = Buffer.byteLength(json);
  if (bytes <= MAX_RESULT_BYTES) return { json };
  const message = `The result has ${bytes} bytes as JSON, and ${MAX_RESULT_BYTES} are kept. Store it elsewhere and return its key.`;
  return { error: { type: 'ResultTooLarge', message } };
}

/** A `toJSON` may throw what no text can be made of. */
function describe(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message;
  return typeof thrown === 'string' ? thrown : `its toJSON threw ${typeof thrown}`;
}

export function parseResult(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // Written by something else than this code.
    return undefined;
  }
}
