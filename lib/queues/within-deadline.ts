import { ReadTimeout } from '../errors/read-timeout.ts';

/**
 * What is waited for, and no longer than the deadline, by `performance.now()`.
 *
 * @throws ReadTimeout when it is over.
 */
export async function withinDeadline<T>(deadline: number, result: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new ReadTimeout('There was no answer in the time that there was.')),
      Math.max(0, deadline - performance.now()),
    );
  });
  try {
    return await Promise.race([result, over]);
  } finally {
    clearTimeout(timer);
  }
}
