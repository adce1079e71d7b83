import type { SqsRequest } from '../sqs-action.ts';
import { SqsRefusal } from '../sqs-refusal.ts';

export interface BatchEntry extends SqsRequest {
  Id: string;
}

export interface FailedEntry {
  Id: string;
  Code: string;
  Message: string;
  SenderFault: true;
}

/** What refuses a batch as a whole; all else fails entry by entry. @throws SqsRefusal */
export function checkBatch(request: SqsRequest): BatchEntry[] {
  const entries = (request['Entries'] ?? []) as BatchEntry[];
  if (entries.length === 0) {
    throw new SqsRefusal('EmptyBatchRequest', 'There should be at least one entry in the request.');
  }
  if (entries.length > 10) {
    throw new SqsRefusal(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are 10. You have sent ${entries.length}.`,
    );
  }
  for (const { Id: id } of entries) {
    if (!/^[A-Za-z0-9_-]{1,80}$/.test(id)) {
      throw new SqsRefusal(
        'InvalidBatchEntryId',
        'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
      );
    }
  }
  if (new Set(entries.map((entry) => entry.Id)).size < entries.length) {
    throw new SqsRefusal('BatchEntryIdsNotDistinct', 'Two or more entries have the same Id.');
  }
  return entries;
}

/** The entry's answer in `Failed`. Anything but a refusal is thrown on. */
export function failedEntry(id: string, error: unknown): FailedEntry {
  if (!(error instanceof SqsRefusal)) throw error;
  return { Id: id, Code: error.code, Message: error.message, SenderFault: true };
}
