/** A secret as it stands, or the SSM parameter (a SecureString) that holds it. */
export type SecretText = { readonly value: string } | { readonly parameter: string };

/** @throws when the parameter cannot be read within 2 s. */
export type ReadSecretText = () => Promise<string | undefined>;

/** A changed parameter is seen after so long. */
const CACHE_MS = 5 * 60_000;
const BOUND_MS = 2_000;

/** Reads it when it is first asked for, and a parameter again every 5 minutes. */
export function createSecretText(secret: SecretText): ReadSecretText {
  if ('value' in secret) return async () => secret.value;
  const read = async () => {
    const { readParameter } = await import('./read-parameter.ts');
    // A newline at its end, as files and shells leave it, is no part of it.
    return (await readParameter(secret.parameter, BOUND_MS))?.trim();
  };
  let text: Promise<string | undefined> | undefined;
  let readAt = 0;
  return () => {
    if (text === undefined || Date.now() - readAt > CACHE_MS) {
      const reading = read();
      reading.catch(() => {
        if (text === reading) text = undefined;
      });
      text = reading;
      readAt = Date.now();
    }
    return text;
  };
}
