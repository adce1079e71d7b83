/** What the service reads out of a function's answer to a batch. */
export type BatchVerdict =
  | { failed: 'none' }
  | { failed: 'all'; reason: string }
  | { failed: ReadonlySet<string> };

/**
 * The rules of `ReportBatchItemFailures` ("Success and failure conditions" in the Lambda
 * Developer Guide): nothing in the list is a success of the whole batch, and any entry that names
 * no record of the batch fails the whole batch, records that did succeed included.
 */
export function readBatchResponse(payload: string, messageIds: ReadonlySet<string>): BatchVerdict {
  if (payload.trim() === '') return { failed: 'none' };
  let response: unknown;
  try {
    response = JSON.parse(payload);
  } catch {
    return { failed: 'all', reason: 'the response is not JSON' };
  }
  if (response === null) return { failed: 'none' };
  if (typeof response !== 'object' || Array.isArray(response)) {
    return { failed: 'all', reason: 'the response is not an object' };
  }
  const { batchItemFailures: failures } = response as { batchItemFailures?: unknown };
  if (failures === undefined || failures === null) return { failed: 'none' };
  if (!Array.isArray(failures)) {
    return { failed: 'all', reason: 'batchItemFailures is not a list' };
  }
  const failed = new Set<string>();
  for (const failure of failures as ({ itemIdentifier?: unknown } | null)[]) {
    const id = failure?.itemIdentifier;
    if (typeof id !== 'string' || !messageIds.has(id)) {
      return {
        failed: 'all',
        reason: `batchItemFailures has an entry that names no record: ${JSON.stringify(failure)}`,
      };
    }
    failed.add(id);
  }
  return failed.size === 0 ? { failed: 'none' } : { failed };
}
