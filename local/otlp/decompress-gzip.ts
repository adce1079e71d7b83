import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { InvalidOtlpError } from './invalid-otlp-error.ts';

const gunzipAsync = promisify(gunzip);

/**
 * Undoes gzip; undefined when the result is over `maxBytes`. Inflating stops at that bound, so a
 * few kilobytes that would become gigabytes cost no more than an honest body.
 */
export async function decompressGzip(bytes: Buffer, maxBytes: number): Promise<Buffer | undefined> {
  try {
    return await gunzipAsync(bytes, { maxOutputLength: maxBytes });
  } catch (cause) {
    const isTooLarge =
      cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE';
    if (isTooLarge) return undefined;
    throw new InvalidOtlpError('The body is not gzip', { cause });
  }
}
