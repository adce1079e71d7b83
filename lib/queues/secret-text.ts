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
  let known: { text: string | undefined } | undefined;
  let knownAt = 0;
  let reading: Promise<string | undefined> | undefined;
  const readAgain = async () => {
    try {
      known = { text: await read() };
    } catch (error) {
      // The one that was good is better than none.
      if (known === undefined) throw error;
    } finally {
      reading = undefined;
    }
    knownAt = Date.now();
    return known.text;
  };
  return async () => {
    if (known !== undefined && Date.now() - knownAt < CACHE_MS) return known.text;
    reading ??= readAgain();
    return reading;
  };
}
