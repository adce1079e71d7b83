import type { OneUptimeApi } from './api/oneuptime-api.ts';
import { RequestFailed } from './api/request-failed.ts';
import type { FoundRecord } from './find-records.ts';

/**
 * Removes the records, one after the other. One that is gone already is as good as removed.
 *
 * @throws RequestFailed that names the record; those after it are still there.
 */
export async function destroyRecords(
  records: readonly FoundRecord[],
  api: OneUptimeApi,
  onRemoved: (record: FoundRecord) => void,
): Promise<void> {
  for (const record of records) {
    await api.remove(record.kind, record.id).catch((error: unknown) => {
      if (!(error instanceof RequestFailed)) throw error;
      if (error.status === 404) return;
      throw new RequestFailed(
        `The ${record.kind} "${record.name}": ${error.message}`,
        error.status,
      );
    });
    onRemoved(record);
  }
}
