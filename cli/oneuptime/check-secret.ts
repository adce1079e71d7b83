import { UsageError } from '../usage-error.ts';

/**
 * What can be sent as a header. Node's own error about one that cannot would quote it.
 *
 * @throws UsageError that does not.
 */
export function checkSecret(name: string, secret: string): string {
  if (/^[\u0021-\u007e]{1,512}$/.test(secret)) return secret;
  throw new UsageError(`${name} holds characters that no key has. Copy it again.`);
}
