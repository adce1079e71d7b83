/** What receives there are besides attempts: throttled, killed and unfinished ones. */
const SPARE_RECEIVES = 5;
/** What defineTask gives a task that says nothing. */
const USUAL_ATTEMPTS = 5;

/**
 * The lowest maxReceiveCount that uses no attempt up, as the stack demands it. On FIFO queues a
 * delivery counts for every message of the batch, whether it ran or not.
 *
 * @param maxAttempts of each task of the queue
 */
export function leastReceives(
  maxAttempts: readonly number[],
  { fifo, batchSize }: { fifo: boolean; batchSize: number },
): number {
  const attempts = maxAttempts.length > 0 ? Math.max(...maxAttempts) : USUAL_ATTEMPTS;
  return (fifo ? attempts * batchSize : attempts) + SPARE_RECEIVES;
}
