/**
 * What is waited for, and no longer than until the signal is aborted: the AWS SDK heeds one while it
 * sends, and not while it waits for credentials or a retry.
 *
 * @throws the signal's reason.
 */
export async function withinSignal<T>(signal: AbortSignal, result: Promise<T>): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([result, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
