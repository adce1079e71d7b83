import { createHash, timingSafeEqual } from 'node:crypto';
import type { ReadSecretText } from '../queues/secret-text.ts';

export type Access =
  | 'granted'
  /** There is a token, and the request does not have it. */
  | 'refused'
  /** There is no token to have. */
  | 'closed';

/**
 * `Authorization: Bearer <token>`, compared in constant time.
 *
 * @throws when the token cannot be read.
 */
export async function checkAccess(
  token: ReadSecretText | 'none' | undefined,
  authorization: string | undefined,
): Promise<Access> {
  if (token === 'none') return 'granted';
  const expected = await token?.();
  if (!expected) return 'closed';
  const [, given = ''] = /^Bearer +(.+)$/i.exec(authorization ?? '') ?? [];
  // Of equal length, whatever was given.
  return timingSafeEqual(digest(given), digest(expected)) ? 'granted' : 'refused';
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
