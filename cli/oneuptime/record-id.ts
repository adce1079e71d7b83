import { v5 as uuidv5 } from 'uuid';

const NAMESPACE = '5b0f6f0e-6f0c-4c4f-9d3a-0f3e5a6c7d21';

/**
 * The id of one part of a record: the same each time, so that a second plan finds nothing changed,
 * and an open incident is resolved by the criteria that opened it.
 */
export function recordId(...path: readonly string[]): string {
  return uuidv5(path.join('/'), NAMESPACE);
}
